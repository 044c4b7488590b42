!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "Korean"

LangString TextCore ${LANG_ENGLISH} "Traybeat"
LangString TextCore ${LANG_KOREAN} "Traybeat"
LangString TextCoreTold ${LANG_ENGLISH} "The program, with an entry in the Start menu."
LangString TextCoreTold ${LANG_KOREAN} "프로그램과 시작 메뉴 항목입니다."

LangString TextPath ${LANG_ENGLISH} "traybeat in terminals"
LangString TextPath ${LANG_KOREAN} "터미널에서 traybeat 사용"
LangString TextPathTold ${LANG_ENGLISH} "Adds the program's folder to your PATH, so that terminals find the command traybeat."
LangString TextPathTold ${LANG_KOREAN} "터미널에서 traybeat 명령을 찾을 수 있도록 프로그램 폴더를 PATH에 추가합니다."

LangString TextLogin ${LANG_ENGLISH} "Start at login"
LangString TextLogin ${LANG_KOREAN} "로그인할 때 시작"
LangString TextLoginTold ${LANG_ENGLISH} "Starts Traybeat when you log in. You can change this later, in the icon's menu too."
LangString TextLoginTold ${LANG_KOREAN} "로그인하면 Traybeat를 시작합니다. 나중에 아이콘 메뉴에서도 바꿀 수 있습니다."

LangString TextData ${LANG_ENGLISH} "Settings, history and secrets"
LangString TextData ${LANG_KOREAN} "설정, 기록, 비밀 정보"
LangString TextDataTold ${LANG_ENGLISH} "Also removes your settings, alert rules, history, logs, and Traybeat's passwords in the Credential Manager. There is no way back."
LangString TextDataTold ${LANG_KOREAN} "설정, 알림 규칙, 기록, 로그, 자격 증명 관리자에 있는 Traybeat의 암호도 함께 지웁니다. 되돌릴 수 없습니다."

LangString TextOld ${LANG_ENGLISH} "Traybeat needs Windows 10 or newer, 64-bit."
LangString TextOld ${LANG_KOREAN} "Traybeat에는 64비트 Windows 10 이상이 필요합니다."

LangString TextRuns ${LANG_ENGLISH} "Traybeat is still running, or one of its files is in use. Please quit it by the icon's menu and close terminals that use it; then choose Retry."
LangString TextRuns ${LANG_KOREAN} "Traybeat가 아직 실행 중이거나 파일이 사용 중입니다. 아이콘 메뉴에서 종료하고 Traybeat를 쓰는 터미널을 닫은 다음 다시 시도를 선택하세요."

LangString TextLong ${LANG_ENGLISH} "Your PATH is too long to be changed safely; it was left as it is. Add this folder yourself: "
LangString TextLong ${LANG_KOREAN} "PATH가 너무 길어 안전하게 바꿀 수 없으므로 그대로 두었습니다. 다음 폴더를 직접 추가하세요: "

LangString TextUnswitched ${LANG_ENGLISH} "Start at login could not be switched on. Choose it in the icon's menu, which says why it does not work."
LangString TextUnswitched ${LANG_KOREAN} "로그인할 때 시작을 켜지 못했습니다. 아이콘 메뉴에서 선택하면 이유를 알려 줍니다."

LangString TextView ${LANG_ENGLISH} "Traybeat's window"
LangString TextView ${LANG_KOREAN} "Traybeat 창"
LangString TextViewHead ${LANG_ENGLISH} "WebView2 is not installed on this computer."
LangString TextViewHead ${LANG_KOREAN} "이 컴퓨터에 WebView2가 설치되어 있지 않습니다."
LangString TextViewTold ${LANG_ENGLISH} "Traybeat shows its window with Microsoft's WebView2, which is part of Windows 11 and of up-to-date Windows 10.$\r$\n$\r$\nYou can go on without it: the icon, the alerts and /metrics work all the same, and the dashboard opens in your browser. To have a window of its own, install the Evergreen Runtime from Microsoft, now or later; Traybeat finds it at its next start."
LangString TextViewTold ${LANG_KOREAN} "Traybeat는 Microsoft의 WebView2로 창을 표시합니다. WebView2는 Windows 11과 최신 Windows 10에 포함되어 있습니다.$\r$\n$\r$\n없어도 계속할 수 있습니다. 아이콘, 알림, /metrics는 그대로 작동하고 대시보드는 브라우저에서 열립니다. 별도의 창을 쓰려면 지금이나 나중에 Microsoft에서 Evergreen Runtime을 설치하세요. Traybeat는 다음에 시작할 때 이를 찾습니다."
LangString TextViewLink ${LANG_ENGLISH} "Open Microsoft's page for WebView2"
LangString TextViewLink ${LANG_KOREAN} "Microsoft의 WebView2 페이지 열기"
