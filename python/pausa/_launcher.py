"""The command ``pausa``: starts the JVM in this process and hands it the command line."""

from __future__ import annotations

import faulthandler
import os
import sys
import sysconfig
from pathlib import Path
from typing import NoReturn

from pausa import _aot, _java, _jvm, _options, _process

MAIN_CLASS = "dev/pausa/cli/Main"


def main() -> NoReturn:
    """Runs the command line in ``sys.argv`` and ends the process. Called in the main thread."""
    # Set by the script `pausa` of a clone for this process alone: its JDK, its jars.
    java_home = os.environ.pop("PAUSA_JAVA_HOME", None)
    lib = Path(os.environ.pop("PAUSA_LIB", "") or Path(__file__).with_name("lib"))
    aot_cache = os.environ.pop("PAUSA_BUILD_CACHE", None)
    environ = {**os.environ}
    if java_home:
        environ["JAVA_HOME"] = java_home
    if aot_cache:
        environ[_aot.VARIABLE] = environ.get(_aot.VARIABLE) or aot_cache
    args = sys.argv[1:]
    if args[:1] == ["check"]:
        sys.exit(_check(args[1:]))
    try:
        _check_python()
        if not any(lib.glob("*.jar")):
            raise _jvm.JvmError(f"the server's jars are missing: none in {lib}")
        java = _java.find(environ)
        cache = _aot.find(environ, java, lib)
        if args == ["prepare"]:
            sys.exit(_prepare(cache))
        file = cache.file if cache is not None and cache.usable() else None
        options = _options.jvm_options(lib, environ.get("PAUSA_JAVA_OPTIONS", ""), file)
        _process.before_jvm(None if cache is None else cache.make_later)
        _keep_fault_handler()
        jvm = _jvm.Jvm(java.libjvm, [*options, _options.terminals()])
        code = jvm.run(MAIN_CLASS, args)
    except (_java.JavaNotFound, _jvm.JvmError, _options.OptionError) as error:
        _process.say(f"pausa: {error}")
        sys.exit(1)
    _process.finish(code, jvm.destroy)


def _prepare(cache: _aot.Cache | None) -> int:
    """The command ``pausa prepare``: makes the AOT cache now, for images whose containers shall start fast at once."""
    if cache is None:
        _process.say(f"pausa: there is no folder for the AOT cache: {_aot.VARIABLE} is off, or HOME is not set")
        return 1
    if cache.usable():
        _process.say(f"pausa: {cache.file} is there")
        return 0
    import subprocess  # no other command needs it

    return subprocess.run(cache.command("now")).returncode


def _check(args: list[str]) -> int:
    """The command ``pausa check``, which needs no Java: that of wsgi-pause, from the folder beside this package."""
    sys.path.insert(0, str(Path(__file__).parent.parent))
    try:
        from wsgi_pause import check
    except ImportError:
        _process.say("pausa: check needs the package wsgi-pause: pip install wsgi-pause")
        return 1
    finally:
        del sys.path[0]
    return check.main(args)


def _check_python() -> None:
    if sys.implementation.name != "cpython" or sys.version_info < (3, 10):
        found = f"{sys.implementation.name} {sys.version.split()[0]} ({sys.executable})"
        raise _jvm.JvmError(f"CPython 3.10 or newer is needed; this is {found}")
    if sysconfig.get_config_var("Py_GIL_DISABLED"):
        raise _jvm.JvmError(f"free-threaded builds of CPython are not supported yet; this is one: {sys.executable}")


def _keep_fault_handler() -> None:
    """Enables ``faulthandler`` before the JVM, for good.

    The JVM keeps the handlers that it finds and passes on the faults that are not its own. Enabled after the JVM,
    ``faulthandler`` would take the JVM's null checks for faults and end the process, hence no way to disable it.
    """
    if not faulthandler.is_enabled():
        try:
            faulthandler.enable()
        except (AttributeError, RuntimeError, ValueError, OSError):
            # stderr is closed or no file.
            faulthandler.enable(os.open(os.devnull, os.O_WRONLY))
    faulthandler.disable = lambda: False  # type: ignore[assignment]
