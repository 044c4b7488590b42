/** Colours for canvases, read from the same variables that everything else uses. */
import type { Hue } from '@/lib/lines'

export interface Palette {
  readonly ink: string
  readonly soft: string
  readonly faint: string
  readonly grid: string
  readonly line: string
  readonly card: string
  readonly accent: string
  readonly warning: string
  readonly critical: string
  readonly font: string
  readonly series: (hue: Hue) => string
}

export function palette(element: Element): Palette {
  const style = getComputedStyle(element)
  const read = (name: string): string => style.getPropertyValue(`--${name}`).trim()
  return {
    ink: read('ink'),
    soft: read('soft'),
    faint: read('faint'),
    grid: read('grid'),
    line: read('line'),
    card: read('card'),
    accent: read('accent'),
    warning: read('warning'),
    critical: read('critical'),
    font: `11px ${style.fontFamily}`,
    series: (hue) => read(`series-${hue}`),
  }
}

/** A colour, let through: `share` from 0 to 1. Takes #rrggbb. */
export function sheer(colour: string, share: number): string {
  return colour + Math.round(share * 255).toString(16).padStart(2, '0')
}
