import type { Line } from '@/lib/lines'
import type { Span } from '@/lib/range'
import type { Asleep } from '@/lib/types'
import type { Kind } from '@/lib/units'

export type { Line }

export type Shape = 'lines' | 'stacked'

/** What a chart shows. */
export interface Picture {
  readonly lines: readonly Line[]
  readonly shape: Shape
  readonly kind: Kind
  readonly span: Span
  readonly unseen: readonly Asleep[]
  /** When the agent was started, to tell its absence from the machine's sleep. */
  readonly started: number | null
  /** The value at the top of the chart, where it is fixed. */
  readonly ceiling: number | null
}

/** Words that are drawn into the canvas. */
export interface Words {
  readonly asleep: string
  readonly stopped: string
}
