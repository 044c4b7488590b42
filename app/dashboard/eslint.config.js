import vue from 'eslint-plugin-vue'
import typescript from 'typescript-eslint'

export default typescript.config(
  { ignores: ['dist/', 'node_modules/', 'src/lib/schema.ts'] },
  ...typescript.configs.strict,
  ...vue.configs['flat/recommended'],
  {
    files: ['**/*.vue'],
    languageOptions: { parserOptions: { parser: typescript.parser } },
  },
  {
    rules: {
      // What comes from the operating system is only ever text.
      'vue/no-v-html': 'error',
      'no-restricted-properties': ['error', { property: 'innerHTML' }, { property: 'outerHTML' }],
      'max-lines': ['error', 250],
      'vue/multi-word-component-names': 'off',
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': ['error', { html: { void: 'always' } }],
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/no-undef-components': ['error', { ignorePatterns: ['RouterLink', 'RouterView'] }],
      eqeqeq: 'error',
    },
  },
  {
    files: ['src/lib/**'],
    rules: {
      'no-restricted-imports': ['error', { patterns: ['*.vue', '@/parts/*', '@/pages/*', '@/chart/*'] }],
    },
  },
  {
    files: ['src/chart/**'],
    rules: { 'no-restricted-imports': ['error', { patterns: ['@/parts/*', '@/pages/*'] }] },
  },
  {
    files: ['src/parts/**'],
    rules: { 'no-restricted-imports': ['error', { patterns: ['@/pages/*'] }] },
  },
)
