from traybeat.model.errors import Fault, NoDataError, SecretMissingError, TraybeatError, WrongSettingsError


def test_a_fault_says_where_what_was_found_and_what_was_expected() -> None:
    fault = Fault("exporter.port", "'many'", "a whole number from 1 to 65535")
    assert str(fault) == "exporter.port: found 'many', expected a whole number from 1 to 65535"


def test_a_fault_names_the_line_and_the_nearest_known_key() -> None:
    fault = Fault("exporter.prot", "an unknown key", "a setting", near="exporter.port", line=7)
    assert str(fault) == "line 7: exporter.prot: found an unknown key, expected a setting; did you mean exporter.port?"


def test_wrong_settings_carry_and_tell_every_fault() -> None:
    faults = (Fault("a", "1", "2"), Fault("b", "3", "4"))
    error = WrongSettingsError(faults)
    assert error.faults == faults
    assert str(error) == "a: found 1, expected 2\nb: found 3, expected 4"


def test_errors_for_people_have_one_root() -> None:
    assert all(issubclass(kind, TraybeatError) for kind in (WrongSettingsError, NoDataError, SecretMissingError))
