"""The rules that a first start writes: few, and quiet enough that a healthy machine never hears from them."""

RULES = """\
# What Traybeat watches, and when it tells you. docs/alerts.md explains every field.
#
# A change is taken on within seconds. With a mistake in the file, the rules before it stay in force;
# `traybeat check` and `traybeat status` say where it is.
#
# Only time in which Traybeat looks counts: a machine that slept for eight hours was not hot for eight hours.
# Without `channels`, a rule tells every channel that is set up in settings.yaml.

- id: cpu-busy
  name: CPU busy
  metric: system_cpu_busy_ratio
  reduce: {function: avg, window_minutes: 15}
  operator: ">"
  threshold: 0.95
  clear_threshold: 0.8
  for_duration_minutes: 30
  cooldown_minutes: 120
  severity: warning
  message: "The processors of {host} have been {value} busy for three quarters of an hour"

- id: memory-full
  name: Memory nearly full
  metric: system_memory_used_ratio
  reduce: {function: avg, window_minutes: 5}
  operator: ">"
  threshold: 0.95
  clear_threshold: 0.9
  for_duration_minutes: 10
  cooldown_minutes: 60
  severity: warning
  message: "{value} of the memory of {host} is in use"

- id: swap-full
  name: Swap nearly full
  metric: system_swap_used_ratio
  reduce: {function: avg, window_minutes: 5}
  operator: ">"
  threshold: 0.95
  clear_threshold: 0.8
  for_duration_minutes: 30
  cooldown_minutes: 240
  severity: info
  message: "{value} of the swap space of {host} is in use"

- id: disk-filling
  name: Disk nearly full
  metric: system_filesystem_used_ratio
  labels: {fstype: "!~iso9660|udf|cd9660|cdfs"}
  operator: ">"
  threshold: 0.95
  clear_threshold: 0.93
  for_duration_minutes: 10
  cooldown_minutes: 240
  severity: warning
  message: "{value} of a disk of {host} is in use: {labels}"

- id: disk-full-within-a-day
  name: Disk full within a day
  metric: system_filesystem_used_ratio
  labels: {fstype: "!~iso9660|udf|cd9660|cdfs"}
  reduce: {function: predict, window_minutes: 1440, ahead_minutes: 1440}
  operator: ">"
  threshold: 1
  clear_threshold: 0.97
  for_duration_minutes: 60
  cooldown_minutes: 720
  severity: critical
  message: "At the pace of the last day, a disk of {host} is full within a day: {labels}"

- id: too-hot
  name: Too hot
  metric: system_temperature_celsius
  reduce: {function: avg, window_minutes: 10}
  operator: ">"
  threshold: 97
  clear_threshold: 90
  for_duration_minutes: 10
  cooldown_minutes: 60
  severity: warning
  message: "{value} in {host}: {labels}"

- id: battery-low
  name: Battery low
  metric: system_battery_remaining_seconds
  operator: "<"
  threshold: 900
  clear_threshold: 1200
  for_duration_minutes: 2
  cooldown_minutes: 30
  severity: critical
  message: "The battery of {host} lasts {value} more"

- id: battery-empty
  name: Battery nearly empty
  metric: system_battery_charge_ratio
  operator: "<"
  threshold: 0.05
  clear_threshold: 0.1
  for_duration_minutes: 1
  cooldown_minutes: 30
  severity: critical
  message: "The battery of {host} is at {value}"

- id: collector-unhealthy
  name: Collector unhealthy
  metric: agent_collector_status
  operator: "<"
  threshold: 1
  for_duration_minutes: 10
  cooldown_minutes: 240
  severity: warning
  message: "Traybeat on {host} can't read everything: {labels}"
"""
