; The installer for one user. The build gives makensis VERSION, NUMBERS, KILOBYTES, PUBLISHER, FROM, ICON, SIDE and OUT.
; Silent: traybeat-VERSION-setup.exe /S [/AUTOSTART] [/NOPATH] [/D=FOLDER], uninstall.exe /S [/REMOVEDATA] [_?=FOLDER].
; Exit codes: 0 done, 1 cancelled, 2 failed, 3 Traybeat runs and does not end.

Target amd64-unicode
Unicode true
!ifdef QUICK
  SetCompressor zlib
!else
  SetCompressor /SOLID lzma
  SetCompressorDictSize 32
!endif
ManifestDPIAware true
ManifestSupportedOS Win10
RequestExecutionLevel user

!include MUI2.nsh
!include FileFunc.nsh
!include LogicLib.nsh
!include WordFunc.nsh

!define ENTRY "Software\Microsoft\Windows\CurrentVersion\Uninstall\Traybeat"
!define RUN "Software\Microsoft\Windows\CurrentVersion\Run"
!define WEBVIEW2 "Microsoft\EdgeUpdate\Clients\{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}"
!define WEBVIEW2_PAGE "https://developer.microsoft.com/microsoft-edge/webview2/"
!define FIRST_WINDOWS_10 10240
; NSIS holds 1023 characters of a text: a longer PATH would be cut.
!define LONGEST_PATH 900

Name "Traybeat"
OutFile "${OUT}"
InstallDir "$LOCALAPPDATA\Programs\Traybeat"
InstallDirRegKey HKCU "${ENTRY}" "InstallLocation"
BrandingText "Traybeat ${VERSION}"
VIProductVersion "${NUMBERS}"
VIAddVersionKey "ProductName" "Traybeat"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "CompanyName" "${PUBLISHER}"
VIAddVersionKey "FileDescription" "Traybeat Setup"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "LegalCopyright" "Copyright (c) 2026 ${PUBLISHER}. MIT licence."

Var Ran       ; 1 where Traybeat ran and was ended
Var WebView2  ; its version, nothing where it is missing

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_WELCOMEFINISHPAGE_BITMAP "${SIDE}"
!define MUI_ABORTWARNING
!define MUI_COMPONENTSPAGE_SMALLDESC
!define MUI_FINISHPAGE_RUN "$INSTDIR\traybeatw.exe"
Page custom ShowWebView2
!insertmacro MUI_PAGE_COMPONENTS
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_COMPONENTS
!insertmacro MUI_UNPAGE_INSTFILES
!include texts.nsh

; Asks a running Traybeat to end, by its own command, and waits until its files can be replaced.
!macro EndRunning un
Function ${un}InUse
  StrCpy $0 0
  Push $1
  ${For} $1 1 2
    ${If} $1 = 1
      StrCpy $2 "$INSTDIR\traybeatw.exe"
    ${Else}
      StrCpy $2 "$INSTDIR\traybeat.exe"
    ${EndIf}
    ${If} ${FileExists} $2
      ClearErrors
      FileOpen $3 $2 a
      ${If} ${Errors}
        StrCpy $0 1
      ${Else}
        FileClose $3
      ${EndIf}
    ${EndIf}
  ${Next}
  Pop $1
FunctionEnd

Function ${un}EndRunning
  StrCpy $Ran 0
  again:
  Call ${un}InUse
  ${If} $0 = 0
    Return
  ${EndIf}
  StrCpy $Ran 1
  nsExec::ExecToLog '"$INSTDIR\traybeat.exe" quit'
  Pop $0
  ; What it started, the window above all, may take a moment longer.
  ${For} $1 1 25
    Call ${un}InUse
    ${If} $0 = 0
      Return
    ${EndIf}
    Sleep 200
  ${Next}
  MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(TextRuns)" /SD IDCANCEL IDRETRY again
  SetErrorLevel 3
  Quit
FunctionEnd
!macroend
!insertmacro EndRunning ""
!insertmacro EndRunning "un."

Section "$(TextCore)" SectionCore
  SectionIn RO
  Call EndRunning
  RMDir /r "$INSTDIR\_internal"
  SetOutPath "$INSTDIR"
  ClearErrors
  File /r "${FROM}/*"
  ${If} ${Errors}
    SetErrorLevel 2
    Abort
  ${EndIf}
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\Traybeat.lnk" "$INSTDIR\traybeatw.exe"
  WriteRegStr HKCU "${ENTRY}" "DisplayName" "Traybeat"
  WriteRegStr HKCU "${ENTRY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${ENTRY}" "DisplayIcon" "$INSTDIR\traybeatw.exe"
  WriteRegStr HKCU "${ENTRY}" "Publisher" "${PUBLISHER}"
  WriteRegStr HKCU "${ENTRY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${ENTRY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${ENTRY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${ENTRY}" "EstimatedSize" ${KILOBYTES}
  WriteRegDWORD HKCU "${ENTRY}" "NoModify" 1
  WriteRegDWORD HKCU "${ENTRY}" "NoRepair" 1
SectionEnd

Section "$(TextPath)" SectionPath
  ReadRegStr $0 HKCU "Environment" "Path"
  StrLen $1 $0
  ${If} $1 > ${LONGEST_PATH}
    DetailPrint "$(TextLong)$INSTDIR"
  ${Else}
    ${If} $0 == ""
      StrCpy $2 "$INSTDIR"
    ${Else}
      ${WordAdd} "$0" ";" "+$INSTDIR" $2
    ${EndIf}
    ${If} $2 != $0
      WriteRegExpandStr HKCU "Environment" "Path" "$2"
      SendMessage ${HWND_BROADCAST} ${WM_SETTINGCHANGE} 0 "STR:Environment" /TIMEOUT=500
    ${EndIf}
  ${EndIf}
SectionEnd

Section /o "$(TextLogin)" SectionLogin
  nsExec::ExecToLog '"$INSTDIR\traybeat.exe" autostart on'
  Pop $0
  ${If} $0 != 0
    MessageBox MB_OK|MB_ICONEXCLAMATION "$(TextUnswitched)" /SD IDOK
  ${EndIf}
SectionEnd

Section -Restart
  ; With its pages shown, the last one starts it.
  ${If} $Ran = 1
  ${AndIf} ${Silent}
    Exec '"$INSTDIR\traybeatw.exe"'
  ${EndIf}
SectionEnd

!insertmacro MUI_FUNCTION_DESCRIPTION_BEGIN
  !insertmacro MUI_DESCRIPTION_TEXT ${SectionCore} "$(TextCoreTold)"
  !insertmacro MUI_DESCRIPTION_TEXT ${SectionPath} "$(TextPathTold)"
  !insertmacro MUI_DESCRIPTION_TEXT ${SectionLogin} "$(TextLoginTold)"
!insertmacro MUI_FUNCTION_DESCRIPTION_END

Function .onInit
  ReadRegStr $0 HKLM "SOFTWARE\Microsoft\Windows NT\CurrentVersion" "CurrentBuildNumber"
  ${If} $0 < ${FIRST_WINDOWS_10}
    MessageBox MB_OK|MB_ICONSTOP "$(TextOld)" /SD IDOK
    SetErrorLevel 2
    Quit
  ${EndIf}
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/NOPATH" $1
  ${IfNot} ${Errors}
    !insertmacro UnselectSection ${SectionPath}
  ${EndIf}
  ; What starts at login already goes on doing so.
  ReadRegStr $1 HKCU "${RUN}" "Traybeat"
  ${If} $1 != ""
    !insertmacro SelectSection ${SectionLogin}
  ${EndIf}
  ClearErrors
  ${GetOptions} $0 "/AUTOSTART" $1
  ${IfNot} ${Errors}
    !insertmacro SelectSection ${SectionLogin}
  ${EndIf}
  Call FindWebView2
FunctionEnd

; Where Microsoft says that its version is told; 0.0.0.0 and nothing mean that it is not there.
Function FindWebView2
  ReadRegStr $WebView2 HKLM "SOFTWARE\WOW6432Node\${WEBVIEW2}" "pv"
  ${If} $WebView2 == ""
  ${OrIf} $WebView2 == "0.0.0.0"
    ReadRegStr $WebView2 HKCU "Software\${WEBVIEW2}" "pv"
  ${EndIf}
  ${If} $WebView2 == "0.0.0.0"
    StrCpy $WebView2 ""
  ${EndIf}
FunctionEnd

Function ShowWebView2
  ${If} $WebView2 != ""
    Abort
  ${EndIf}
  !insertmacro MUI_HEADER_TEXT "$(TextView)" "$(TextViewHead)"
  nsDialogs::Create 1018
  Pop $0
  ${NSD_CreateLabel} 0 0 100% 80u "$(TextViewTold)"
  Pop $0
  ${NSD_CreateLink} 0 90u 100% 12u "$(TextViewLink)"
  Pop $0
  SetCtlColors $0 0x0B57D0 transparent
  ${NSD_OnClick} $0 OpenWebView2
  nsDialogs::Show
FunctionEnd

Function OpenWebView2
  Pop $0
  ExecShell "open" "${WEBVIEW2_PAGE}"
FunctionEnd

Section /o "un.$(TextData)" UnsectionData
  Call un.EndRunning
  nsExec::ExecToLog '"$INSTDIR\traybeat.exe" secret delete --all'
  Pop $0
  RMDir /r "$LOCALAPPDATA\traybeat"
  RMDir /r "$LOCALAPPDATA\Temp\traybeat"
SectionEnd

Section "un.$(TextCore)" UnsectionCore
  SectionIn RO
  Call un.EndRunning
  nsExec::ExecToLog '"$INSTDIR\traybeat.exe" autostart off'
  Pop $0
  RMDir /r "$INSTDIR\_internal"
  Delete "$INSTDIR\traybeat.exe"
  Delete "$INSTDIR\traybeatw.exe"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\Traybeat.lnk"
  DeleteRegValue HKCU "${RUN}" "Traybeat"
  DeleteRegKey HKCU "${ENTRY}"
  ReadRegStr $0 HKCU "Environment" "Path"
  StrLen $1 $0
  ${If} $1 > 0
  ${AndIf} $1 <= ${LONGEST_PATH}
    ${un.WordAdd} "$0" ";" "-$INSTDIR" $2
    ${If} $2 == ""
      DeleteRegValue HKCU "Environment" "Path"
    ${ElseIf} $2 != $0
      WriteRegExpandStr HKCU "Environment" "Path" "$2"
    ${EndIf}
    SendMessage ${HWND_BROADCAST} ${WM_SETTINGCHANGE} 0 "STR:Environment" /TIMEOUT=500
  ${EndIf}
SectionEnd

!insertmacro MUI_UNFUNCTION_DESCRIPTION_BEGIN
  !insertmacro MUI_DESCRIPTION_TEXT ${UnsectionData} "$(TextDataTold)"
!insertmacro MUI_UNFUNCTION_DESCRIPTION_END

Function un.onInit
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/REMOVEDATA" $1
  ${IfNot} ${Errors}
    !insertmacro SelectSection ${UnsectionData}
  ${EndIf}
FunctionEnd
