/** A rule in words: the parts of its sentence, in the language that is spoken. */
import { useI18n } from 'vue-i18n'

import { draftOf, unitOf, type Draft } from './rules'
import { inUnit, read } from './scale'
import type { Rule } from './types'
import { useWording } from './wording'

export interface Phrase {
  /** The message below `rules.sentences` that the parts belong into. */
  readonly key: string
  readonly parts: { readonly what: string; readonly metric: string; readonly condition: string; readonly time: string }
}

const OPERATOR_NAMES: Readonly<Record<Draft['operator'], string>> = {
  '>': 'above', '<': 'below', '>=': 'least', '<=': 'most', '==': 'equal', '!=': 'unequal',
}

export function usePhrases(): {
  readonly metricName: (metric: string) => string
  readonly operator: (operator: Draft['operator']) => string
  readonly phrase: (draft: Draft) => Phrase
  readonly sentence: (rule: Rule) => string
} {
  const { t, te, locale } = useI18n()
  const { text } = useWording()
  const metricName = (metric: string): string => (te(`catalogue.${metric}`) ? t(`catalogue.${metric}`) : metric)
  const minutes = (written: string): string => {
    const found = read(written)
    return found === null || !(found >= 0) ? '…' : text('seconds', found * 60)
  }

  function subject(draft: Draft): string {
    const labels = Object.entries(draft.labels).filter(([, condition]) => condition.trim())
    const told = labels.map(([label, condition]) => (/^[!~]/.test(condition) ? `${label} ${condition}` : condition))
    return told.length ? `${metricName(draft.metric)} (${told.join(', ')})` : metricName(draft.metric)
  }

  function threshold(draft: Draft): string {
    const unit = unitOf(draft)
    const value = read(draft.threshold, unit)
    const shown = value === null || Number.isNaN(value) ? `… ${unit.name}` : inUnit(value, unit, locale.value)
    return t(`rules.conditions.${OPERATOR_NAMES[draft.operator]}`, { value: shown })
  }

  function phrase(draft: Draft): Phrase {
    const waits = (read(draft.for) ?? 0) !== 0
    const kind = draft.absent ? 'absent' : draft.function === 'last' ? 'last' : 'reduced'
    return {
      key: `rules.sentences.${kind}${waits ? '_for' : ''}`,
      parts: {
        what: draft.function === 'last' ? '' : t(`rules.over.${draft.function}`, { time: minutes(draft.window), ahead: minutes(draft.ahead) }),
        metric: subject(draft),
        condition: draft.absent ? '' : threshold(draft),
        time: minutes(draft.for),
      },
    }
  }

  return {
    metricName,
    operator: (operator) => t(`rules.operators.${OPERATOR_NAMES[operator]}`),
    phrase,
    sentence: (rule) => {
      const { key, parts } = phrase(draftOf(rule))
      return t(key, { ...parts })
    },
  }
}
