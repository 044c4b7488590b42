import { createApp } from 'vue'

import './styles/tokens.css'
import './styles/base.css'
import './styles/parts.css'
import './styles/chart.css'

import App from './App.vue'
import { i18n, preferred, speak } from './lib/language'
import { enter } from './lib/session'
import { followTheme } from './lib/theme'
import { router } from './router'

followTheme()
// The code in the address is taken out of it before the router, or anybody else, sees the address.
await Promise.all([enter(location, history, sessionStorage), preferred() === 'en' ? null : speak('system')])
const app = createApp(App).use(i18n).use(router)
// The address says which range is asked for: history is asked for once, not first for the default.
await router.isReady()
app.mount('#app')
