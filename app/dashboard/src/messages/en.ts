/** English, one file for each part of the dashboard. */
import { gather } from './gather'

export default gather(import.meta.glob<Record<string, unknown>>('./en/*.json', { eager: true, import: 'default' }))
