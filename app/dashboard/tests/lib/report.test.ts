import { expect, it } from 'vitest'

import { reportOf } from '@/lib/report'
import type { Status } from '@/lib/types'

it('the report tells how Traybeat fares and where its files lie, and nothing of what it watches', () => {
  const status = {
    version: '0.1.0', host: 'atlas', system: 'Linux', pid: 7, time: 100, started: 40, boot_time: 1,
    readings: { top: [{ pid: 9, name: 'secret-project', user: 'anna', cpu_ratio: 1, memory_bytes: 1 }] },
    collectors: [{ name: 'cpu', state: 'healthy' }], listeners: [], settings: { path: '/etc/settings.yaml' }, history: {},
    alerts: { rules: 3, faults: [], notices: [], channels: [], active: [{ text: 'secret-project uses 100 %' }] },
    notices: ['told'], files: ['/var/traybeat.log'],
  } as unknown as Status
  const told = reportOf(status)
  expect(JSON.parse(told)).toMatchObject({ running_seconds: 60, files: ['/var/traybeat.log'], notices: ['told'] })
  expect(told).not.toMatch(/secret-project|anna|atlas/)
})
