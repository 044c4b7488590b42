"""Builds what the kernel shows under /sys: as on a laptop, a board and a server, or piece by piece."""

from collections.abc import Mapping
from pathlib import Path

Files = Mapping[str, str | int]


def files(**values: str | int) -> dict[str, str | int]:
    return values


def write(folder: Path, files: Files) -> Path:
    """Write one file for each value, ended by a newline as the kernel does."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, value in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{value}\n", "utf-8")
    return folder


def link(path: Path, target: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)


def hwmon(sys: Path, number: int, device: str | None, files: Files, device_files: Files | None = None) -> Path:
    """Add a chip: `device` is its device's path below /sys/devices, None for a virtual one."""
    if device is None:
        folder = write(sys / f"devices/virtual/hwmon/hwmon{number}", files)
    else:
        base = write(sys / "devices" / device, device_files or {})
        folder = write(base / f"hwmon/hwmon{number}", files)
        link(folder / "device", base)
    link(sys / f"class/hwmon/hwmon{number}", folder)
    return folder


def zone(sys: Path, number: int, kind: str, temp: int | str, **files: str) -> Path:
    """Add a thermal zone, its temperature in thousandths of a degree."""
    named = {"type": kind, "temp": temp, "policy": "step_wise", **files}
    folder = write(sys / f"devices/virtual/thermal/thermal_zone{number}", named)
    link(sys / f"class/thermal/thermal_zone{number}", folder)
    return folder


def supply(sys: Path, name: str, files: Files, device: str = "LNXSYSTM:00/LNXSYBUS:00/PNP0C0A:00") -> Path:
    """Add a power supply."""
    folder = write(sys / "devices" / device / "power_supply" / name, files)
    link(sys / f"class/power_supply/{name}", folder)
    return folder


def battery(**changed: str | int) -> dict[str, str | int]:
    """Give a laptop battery's files: 57 Wh when new, 40 of 50 Wh left, 10 W drawn."""
    return (
        files(
            alarm=2500000,
            capacity=80,
            capacity_level="Normal",
            cycle_count=233,
            energy_full=50000000,
            energy_full_design=57020000,
            energy_now=40000000,
            manufacturer="SMP",
            model_name="5B10W51 830",
            power_now=10000000,
            present=1,
            serial_number=" 4711",
            status="Discharging",
            technology="Li-poly",
            type="Battery",
            voltage_min_design=11580000,
            voltage_now=11893000,
        )
        | changed
    )


def laptop(sys: Path) -> None:
    """Build a laptop: processor, two drives, fans, a graphics chip, mains, two batteries and a mouse."""
    hwmon(sys, 0, None, {"name": "acpitz", "temp1_input": 47000, "temp1_crit": 103000})
    core = files(name="coretemp", temp1_label="Package id 0", temp1_input=51000, temp1_max=100000, temp1_crit=100000)
    for number in range(2, 6):
        core |= {f"temp{number}_label": f"Core {number - 2}", f"temp{number}_input": 49000 + number * 333}
        core |= {f"temp{number}_max": 100000, f"temp{number}_crit": 100000, f"temp{number}_crit_alarm": 0}
    hwmon(sys, 1, "platform/coretemp.0", core)
    for number, temp in ((2, 38850), (3, 41850)):
        nvme = files(name="nvme", temp1_label="Composite", temp1_input=temp, temp1_crit=84850, temp1_max=81850)
        nvme |= files(temp2_label="Sensor 1", temp2_input=temp + 2000)
        power = {"power/runtime_status": "unsupported"}
        hwmon(sys, number, f"pci0000:00/0000:0{number}:00.0/nvme/nvme{number - 2}", nvme, power)
    fans = files(name="thinkpad", fan1_input=2410, fan2_input=0, pwm1=128, pwm1_enable=2, temp1_input=51000)
    fans |= files(temp1_label="CPU", temp2_label="GPU", temp2_input=-128000, temp3_input=0)
    hwmon(sys, 4, "platform/thinkpad_hwmon", fans)
    graphics = files(name="amdgpu", temp1_label="edge", temp1_input=44000, temp1_crit=100000, in0_input=781)
    graphics |= files(in0_label="vddgfx", power1_average=5034000, freq1_input=200000000)
    hwmon(sys, 5, "pci0000:00/0000:05:00.0", graphics, {"power/runtime_status": "active"})
    hwmon(sys, 6, "LNXSYSTM:00/LNXSYBUS:00/PNP0C0A:00/power_supply/BAT0", {"name": "BAT0", "in0_input": 11893})
    zone(sys, 0, "acpitz", 47000)
    zone(sys, 1, "x86_pkg_temp", 51000, mode="enabled", passive="0")
    zone(sys, 2, "iwlwifi_1", 41000, mode="disabled")
    second = files(energy_now=5000000, energy_full=10000000, power_now=0, status="Unknown", capacity=50)
    supply(sys, "BAT0", battery())
    supply(sys, "BAT1", battery() | second)
    supply(sys, "AC", files(type="Mains", online=0), "ACPI0003:00")
    mouse = files(type="Battery", scope="Device", capacity=55, status="Discharging", online=1)
    supply(sys, "hidpp_battery_0", mouse, "hid")
    usb = files(type="USB", health="Good", charge_type="Fast", usb_type="[SDP] DCP", time_to_full_now=4200, temp=254)
    supply(sys, "usb", usb | files(charge_now=2345678, charge_full=3000001, current_now=-431234), "usb")
