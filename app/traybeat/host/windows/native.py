"""Windows' own calls for processes: the list of all, and who runs one. Unlike psutil's, they stop no other thread."""

import ctypes
import sys

_PROCESS_INFORMATION = 5  # of SYSTEM_INFORMATION_CLASS
_TOO_SHORT = 0xC0000004
_ROOM = 65536
_LIMITED_INFORMATION, _TOKEN_QUERY, _TOKEN_USER = 0x1000, 0x0008, 1
_LONGEST_NAME = 256

if sys.platform == "win32":
    from ctypes import wintypes

    _ntdll = ctypes.WinDLL("ntdll")
    _kernel32, _advapi32 = ctypes.WinDLL("kernel32"), ctypes.WinDLL("advapi32")
    _ntdll.NtQuerySystemInformation.restype = wintypes.ULONG
    _kernel32.OpenProcess.restype = wintypes.HANDLE
    _kernel32.CloseHandle.argtypes = (wintypes.HANDLE,)
    _advapi32.OpenProcessToken.argtypes = (wintypes.HANDLE, wintypes.DWORD, ctypes.POINTER(wintypes.HANDLE))
    _advapi32.GetTokenInformation.argtypes = (
        *(wintypes.HANDLE, ctypes.c_int, wintypes.LPVOID, wintypes.DWORD, ctypes.POINTER(wintypes.DWORD)),
    )
    _advapi32.LookupAccountSidW.argtypes = (
        *(wintypes.LPCWSTR, wintypes.LPVOID, wintypes.LPWSTR, ctypes.POINTER(wintypes.DWORD), wintypes.LPWSTR),
        *(ctypes.POINTER(wintypes.DWORD), ctypes.POINTER(ctypes.c_int)),
    )

    class ProcessList:
        """Takes the list of all processes."""

        def __init__(self) -> None:
            self._room = _ROOM

        def __call__(self) -> tuple[bytes, int]:
            """Give its bytes, and the address that they were at; raises OSError."""
            needed = wintypes.ULONG()
            while True:
                buffer = ctypes.create_string_buffer(self._room)
                status = _ntdll.NtQuerySystemInformation(_PROCESS_INFORMATION, buffer, self._room, ctypes.byref(needed))
                if status != _TOO_SHORT:
                    break
                self._room = max(needed.value, self._room) + _ROOM  # some may start meanwhile
            if status:
                raise OSError(f"NtQuerySystemInformation answers {status:#x}")
            return buffer.raw[: needed.value or self._room], ctypes.addressof(buffer)

    class Accounts:
        """Names users; each identity is looked up once, as that may ask the domain."""

        def __init__(self) -> None:
            self._names: dict[bytes, str] = {}

        def __call__(self, pid: int) -> str:
            r"""Give the user of a process as DOMAIN\name; empty where Windows does not tell."""
            process = _kernel32.OpenProcess(_LIMITED_INFORMATION, 0, pid)
            if not process:
                return ""
            try:
                identity = _identity(process)
            finally:
                _kernel32.CloseHandle(process)
            if identity is None:
                return ""
            if identity not in self._names:
                self._names[identity] = _named(identity)
            return self._names[identity]

    def _identity(process: int) -> bytes | None:
        """Give the security identifier of a process's user."""
        token = wintypes.HANDLE()
        if not _advapi32.OpenProcessToken(process, _TOKEN_QUERY, ctypes.byref(token)):
            return None
        try:
            size = wintypes.DWORD(_LONGEST_NAME)
            told = ctypes.create_string_buffer(size.value)
            if not _advapi32.GetTokenInformation(token, _TOKEN_USER, told, size, ctypes.byref(size)):
                return None
        finally:
            _kernel32.CloseHandle(token)
        # A TOKEN_USER is a pointer to the identifier, which follows behind its attributes.
        start = (ctypes.c_void_p.from_buffer(told).value or 0) - ctypes.addressof(told)
        return told.raw[start : size.value]

    def _named(identity: bytes) -> str:
        name, domain = (ctypes.create_unicode_buffer(_LONGEST_NAME) for _ in range(2))
        sizes = [wintypes.DWORD(_LONGEST_NAME) for _ in range(2)]
        kind = ctypes.c_int()
        found = _advapi32.LookupAccountSidW(
            *(None, identity, name, ctypes.byref(sizes[0]), domain, ctypes.byref(sizes[1]), ctypes.byref(kind))
        )
        return f"{domain.value}\\{name.value}" if found else ""
