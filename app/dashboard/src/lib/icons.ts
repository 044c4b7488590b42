/** Icons as paths in a square of 20, drawn as lines. */
export const ICONS = {
  overview: 'M2 10h3.5l2.5-5 4 10 2.5-5H18',
  cpu: 'M6 6h8v8H6zM8.5 2.5V6M11.5 2.5V6M8.5 14v3.5M11.5 14v3.5M2.5 8.5H6M2.5 11.5H6M14 8.5h3.5M14 11.5h3.5',
  memory: 'M2.5 6h15v8h-15zM6 6v8M9.3 6v8M12.7 6v8',
  disk: 'M3.5 5.5c0-3.3 13-3.3 13 0v9c0 3.3-13 3.3-13 0zM3.5 5.5c0 3.3 13 3.3 13 0',
  network: 'M6.5 16V4M3.5 7l3-3 3 3M13.5 4v12M10.5 13l3 3 3-3',
  sensors: 'M8 11.5V4a2 2 0 0 1 4 0v7.5a3.5 3.5 0 1 1-4 0z',
  processes: 'M3 5h14M3 10h14M3 15h9',
  alerts: 'M5 13.5V9a5 5 0 0 1 10 0v4.5l1.5 1.5h-13zM8.5 17.5h3',
  settings:
    'M10 7.2a2.8 2.8 0 1 0 0 5.6a2.8 2.8 0 0 0 0-5.6zM10 2v2.5M10 15.5V18M2 10h2.5M15.5 10H18M4.3 4.3l1.8 1.8M13.9 13.9l1.8 1.8M4.3 15.7l1.8-1.8M13.9 6.1l1.8-1.8',
  diagnostics: 'M10 3a7 7 0 1 1-5 2M10 6.5V10l2.5 2.5',
  more: 'M4.5 10h.01M10 10h.01M15.5 10h.01',
  close: 'M5 5l10 10M15 5L5 15',
  pause: 'M7 4.5v11M13 4.5v11',
  play: 'M6.5 4l9 6-9 6z',
  calendar: 'M3.5 5h13v12h-13zM3.5 8.5h13M7 2.5V5M13 2.5V5',
  search: 'M9 3.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 0 0 0-11zM13 13l4 4',
  up: 'M5 12l5-5 5 5',
  down: 'M5 8l5 5 5-5',
  left: 'M12 5l-5 5 5 5',
  right: 'M8 5l5 5-5 5',
  warning: 'M10 3l8 14H2zM10 8v4M10 14.5h.01',
  critical: 'M7 2.5h6l4.5 4.5v6L13 17.5H7L2.5 13V7zM10 6.5v4.5M10 13.5h.01',
  info: 'M10 2.5a7.5 7.5 0 1 0 0 15a7.5 7.5 0 0 0 0-15zM10 9v5M10 6.3h.01',
  well: 'M4 10.5l4 4 8-9',
  plus: 'M10 4v12M4 10h12',
  copy: 'M7 7h9v9H7zM4 13V4h9',
  battery: 'M2.5 6.5h13v7h-13zM17.5 9v2',
} as const

export type IconName = keyof typeof ICONS
