import type { Line } from '@/lib/lines'
import type { Span } from '@/lib/range'
import type { Unseen } from '@/lib/types'
import type { Kind } from '@/lib/units'

export type { Line }

export type Shape = 'lines' | 'stacked'

/** What a chart shows. */
export interface Picture {
  readonly lines: readonly Line[]
  readonly shape: Shape
  readonly kind: Kind
  readonly span: Span
  readonly unseen: readonly Unseen[]
  /** The value at the top of the chart, where it is fixed. */
  readonly ceiling: number | null
}

/** Words that are drawn into the canvas. */
export type Words = Readonly<Record<Unseen['reason'], string>>
