/** What is worth telling somebody who helps: the agent's state as text, without secrets and without what it watches. */
import type { Status } from './types'

export function reportOf(status: Status): string {
  const { version, system, files, notices, collectors, listeners, settings, history, alerts } = status
  return JSON.stringify(
    {
      version,
      system,
      running_seconds: Math.round(status.time - status.started),
      collectors,
      listeners,
      settings,
      files,
      history,
      alerts: { rules: alerts.rules, faults: alerts.faults, notices: alerts.notices, channels: alerts.channels },
      notices,
    },
    null,
    2,
  )
}
