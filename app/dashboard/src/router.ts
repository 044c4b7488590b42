/** The pages by their paths; each but the first is loaded when it is opened. */
import { createRouter, createWebHistory, type Router } from 'vue-router'

import { PAGES } from './pages'
import Overview from './pages/Overview.vue'

/** Made once the address is what it is to be: the router takes it over as it finds it. */
export const makeRouter = (): Router =>
  createRouter({
    history: createWebHistory(),
    routes: [
      { path: '/', name: 'overview', component: Overview },
      ...PAGES,
      { path: '/:rest(.*)*', name: 'missing', component: () => import('./pages/Missing.vue') },
    ],
    scrollBehavior: (to, from, saved) => (to.path === from.path ? false : (saved ?? { top: 0 })),
  })
