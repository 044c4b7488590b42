/** The pages by their paths; each but the first is loaded when it is opened. */
import { createRouter, createWebHistory } from 'vue-router'

import { PAGES } from './pages'
import Overview from './pages/Overview.vue'

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', name: 'overview', component: Overview },
    ...PAGES,
    { path: '/:rest(.*)*', name: 'missing', component: () => import('./pages/Missing.vue') },
  ],
  scrollBehavior: (to, from, saved) => (to.path === from.path ? false : (saved ?? { top: 0 })),
})
