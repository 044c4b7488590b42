import { expect, it } from 'vitest'

import { draftOf } from '@/lib/rules'
import { forget, keep, recall } from '@/lib/unsaved'

it('keeps what was changed until it is forgotten, each rule for itself', () => {
  const changed = { ...draftOf(null), threshold: '80', labels: { core: '1' } }
  keep(null, changed, draftOf(null))
  changed.labels.core = '2'
  expect(recall(null)).toMatchObject({ threshold: '80', labels: { core: '1' } })
  expect(recall('hot')).toBeNull()
  forget(null)
  expect(recall(null)).toBeNull()
})

it('keeps nothing where nothing was changed', () => {
  keep('hot', { ...draftOf(null), threshold: '80' }, draftOf(null))
  keep('hot', draftOf(null), draftOf(null))
  expect(recall('hot')).toBeNull()
})
