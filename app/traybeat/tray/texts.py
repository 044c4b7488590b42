"""What the tray says, in the languages that it knows."""

import os
from collections.abc import Mapping

ENGLISH: Mapping[str, str] = {
    "well": "All is well",
    "info": "Something to know",
    "warning": "Warning",
    "critical": "Critical",
    "paused": "Collection is paused",
    "unknown": "No readings yet",
    "alerts": "{number} active alerts",
    "alert": "1 active alert",
    "most": "{name} uses most: {cpu}, {memory}",
    "cpu": "Processor {value}",
    "memory": "Memory {value}",
    "disk": "Disk {mountpoint} {value}",
    "network": "Network in {received}, out {sent}",
    "battery": "Battery {value}",
    "newer": "Version {version} is there",
    "open": "Open dashboard",
    "snooze": "Hold alerts back",
    "snooze-hour": "For one hour",
    "snooze-tomorrow": "Until tomorrow",
    "snooze-end": "No longer",
    "pause": "Pause collection",
    "login": "Start at login",
    "settings": "Settings",
    "about": "About Traybeat",
    "quit": "Quit",
    "no-tray": "This desktop shows no tray icons. On GNOME, install the extension AppIndicator; until then, "
    "`traybeat window` or the launcher's entry opens the dashboard.",
}
KOREAN: Mapping[str, str] = {
    "well": "모두 정상",
    "info": "알림 있음",
    "warning": "경고",
    "critical": "심각",
    "paused": "수집이 일시 중지됨",
    "unknown": "아직 측정값 없음",
    "alerts": "활성 경보 {number}개",
    "alert": "활성 경보 1개",
    "most": "가장 많이 사용: {name} ({cpu}, {memory})",
    "cpu": "프로세서 {value}",
    "memory": "메모리 {value}",
    "disk": "디스크 {mountpoint} {value}",
    "network": "네트워크 수신 {received}, 송신 {sent}",
    "battery": "배터리 {value}",
    "newer": "새 버전 {version}이(가) 있습니다",
    "open": "대시보드 열기",
    "snooze": "경보 보류",
    "snooze-hour": "1시간 동안",
    "snooze-tomorrow": "내일까지",
    "snooze-end": "보류 해제",
    "pause": "수집 일시 중지",
    "login": "로그인 시 시작",
    "settings": "설정",
    "about": "Traybeat 정보",
    "quit": "종료",
    "no-tray": "이 데스크톱은 트레이 아이콘을 표시하지 않습니다. GNOME에서는 AppIndicator 확장을 설치하세요. 그동안은 "
    "`traybeat window` 명령이나 실행기 항목으로 대시보드를 열 수 있습니다.",
}


def texts(language: str, environ: Mapping[str, str] = os.environ) -> Mapping[str, str]:
    """Give the texts of a language, or with `system` of the session's."""
    if language == "system":
        found = next((environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(name)), "")
        language = found[:2].lower()
    return KOREAN if language == "ko" else ENGLISH
