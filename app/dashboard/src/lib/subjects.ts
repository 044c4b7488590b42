/** What the pages draw of each collector: the lines' order, names and colours are the same on every page. */
import { total } from './columns'
import { name, tracksOf, type Drawn } from './history'
import type { Hue, Line } from './lines'
import type { Track } from './track'

export const CPU_METRICS = [
  'system_cpu_busy_ratio',
  'system_cpu_usage_ratio',
  'system_load1',
  'system_load5',
  'system_load15',
  'system_cpu_frequency_hertz',
] as const

const MODE_HUES: readonly (readonly [string, Hue])[] = [
  ['user', 1],
  ['system', 2],
  ['iowait', 3],
  ['nice', 4],
  ['irq', 5],
  ['interrupt', 5],
  ['softirq', 6],
  ['dpc', 6],
  ['steal', 7],
]

/** Every mode that is not idleness, in the order in which they are stacked. */
export function modes(drawn: Drawn | null): Line[] {
  const tracks = new Map(tracksOf(drawn, 'system_cpu_usage_ratio').map((track) => [name(track), track]))
  return MODE_HUES.flatMap(([mode, hue]) => {
    const track = tracks.get(mode)
    return track ? [{ label: mode, hue, track }] : []
  })
}

/** The modes that are more than nothing, and always the three that people know. */
export function busyModes(drawn: Drawn | null): Line[] {
  return modes(drawn).filter(({ hue, track }) => hue <= 3 || track.maxima.some((value) => (value ?? 0) > 0.005))
}

export function one(drawn: Drawn | null, metric: string): Track | null {
  return tracksOf(drawn, metric)[0] ?? null
}

/** Interfaces that only pass on what others carry; counting them would count twice. */
const VIRTUAL = /^(lo|docker|veth|br-|virbr|tun|tap|wg|tailscale|utun|bridge|vnet|vmnet|Loopback|cni|flannel|cali)/

export const isPhysical = (device: string): boolean => !VIRTUAL.test(device)

const PARTITION = /^(?:[shv]d[a-z]+\d+|nvme\d+n\d+p\d+|mmcblk\d+p\d+|dm-\d+|loop\d+|md\d+)$/

/** Whole disks; partitions and mapped devices would count twice. */
export const isWhole = (device: string): boolean => !PARTITION.test(device)

type Keep = (device: string) => boolean

/** A metric's sum over the devices that count. */
export function sum(drawn: Drawn | null, metric: string, keep: Keep): Track | null {
  const tracks = tracksOf(drawn, metric)
  const kept = tracks.filter((track) => keep(track.labels['device'] ?? ''))
  return total(kept.length ? kept : tracks)
}

/** Two metrics of all devices together, such as everything received and sent. */
export function both(drawn: Drawn | null, metrics: readonly [string, string], keep: Keep): Track | null {
  const parts = metrics.map((metric) => sum(drawn, metric, keep)).filter((track) => track !== null)
  return total(parts)
}
