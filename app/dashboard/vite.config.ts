import { fileURLToPath } from 'node:url'

import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

// The build hook says where to put the pages; by hand they go beside the sources.
const output = process.env.TRAYBEAT_PAGES ?? 'dist'
const agent = process.env.TRAYBEAT_AGENT ?? 'http://127.0.0.1:9180'

export default defineConfig({
  plugins: [vue()],
  resolve: { alias: { '@': fileURLToPath(new URL('src', import.meta.url)) } },
  define: {
    __VUE_OPTIONS_API__: 'false',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
    __VUE_I18N_FULL_INSTALL__: 'false',
    __VUE_I18N_LEGACY_API__: 'false',
    __INTLIFY_PROD_DEVTOOLS__: 'false',
  },
  build: {
    outDir: output,
    emptyOutDir: true,
    target: 'es2022',
    // The policy of the pages allows no data: scripts, and files of their own are cached for good.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // What the libraries' licences ask for travels with them.
    license: { fileName: 'licenses.md' },
  },
  server: { proxy: { '/api': { target: agent, ws: true, changeOrigin: true } } },
})
