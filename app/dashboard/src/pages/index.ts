/** The table of pages beside the overview. */
import type { RouteRecordRaw } from 'vue-router'

export const PAGES: RouteRecordRaw[] = [
  { path: '/cpu', name: 'cpu', component: () => import('./Cpu.vue') },
  { path: '/memory', name: 'memory', component: () => import('./Memory.vue') },
  { path: '/disk', name: 'disk', component: () => import('./Disk.vue') },
  { path: '/network', name: 'network', component: () => import('./Network.vue') },
  { path: '/sensors', name: 'sensors', component: () => import('./Sensors.vue') },
  { path: '/processes', name: 'processes', component: () => import('./Processes.vue') },
  { path: '/alerts', name: 'alerts', component: () => import('./Alerts.vue') },
  { path: '/alerts/rule/:id?', name: 'rule', component: () => import('./Rule.vue'), meta: { under: 'alerts' } },
  { path: '/settings', name: 'settings', component: () => import('./Settings.vue') },
  { path: '/welcome', name: 'welcome', component: () => import('./Welcome.vue') },
  { path: '/diagnostics', name: 'diagnostics', component: () => import('./Diagnostics.vue') },
]
