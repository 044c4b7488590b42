import { createApp } from 'vue'

import './styles/tokens.css'
import './styles/base.css'
import './styles/parts.css'
import './styles/chart.css'

import App from './App.vue'
import { followLook, look, tell } from './lib/appearance'
import { i18n } from './lib/language'
import { enter } from './lib/session'
import { followTheme, wear } from './lib/theme'
import { makeRouter } from './router'

wear(look.value.theme)
followTheme()
// The code in the address is taken out of it before the router, or anybody else, sees the address.
const opened = await enter(location, history, sessionStorage)
if (opened) tell(opened)
if (opened?.welcomed === false && location.pathname === '/') history.replaceState(history.state, '', '/welcome')
await followLook()
const router = makeRouter()
const app = createApp(App).use(i18n).use(router)
// The address says which range is asked for: history is asked for once, not first for the default.
await router.isReady()
app.mount('#app')
