/** The API's types by their names, from the generated document. */
import type { components } from './schema'

type Schemas = components['schemas']

export type Status = Schemas['Status']
export type Readings = Schemas['Readings']
export type Top = Schemas['Top']
export type AlertInfo = Schemas['AlertInfo']
export type ActiveAlerts = Schemas['ActiveAlerts']
export type AlertPage = Schemas['AlertPage']
export type SnoozeInfo = Schemas['SnoozeInfo']
export type SnoozeRequest = Schemas['SnoozeRequest']
export type Catalogue = Schemas['Catalogue']
export type MetricInfo = Schemas['MetricInfo']
export type Range = Schemas['Range']
export type SeriesRange = Schemas['SeriesRange']
export type Asleep = Schemas['Asleep']
export type Newest = Schemas['Newest']
export type Value = Schemas['Value']
export type Processes = Schemas['Processes']
export type Rule = Schemas['Rule']
export type Rules = Schemas['Rules']
export type Backtest = Schemas['Backtest']
export type SettingsTree = Schemas['SettingsTree']
export type ChannelTest = Schemas['ChannelTest']
export type Session = Schemas['Session']
export type LiveReadings = Schemas['LiveReadings']
export type LiveAlerts = Schemas['LiveAlerts']
export type LiveMessage = LiveReadings | LiveAlerts
export type Labels = Readonly<Record<string, string>>
