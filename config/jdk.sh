# Finds a Java development kit; sourced by ./pausa, ./test and ./format (POSIX sh).
#
#   . config/jdk.sh && find_jdk || exit 1
#
# find_jdk sets and exports JAVA_HOME to a JDK of PAUSA_JAVA_MINIMUM or newer that has javac and libjvm. If there is
# none it says on stderr what was looked at and returns 1. No Java is started: the version is read from `release`.

PAUSA_JAVA_MINIMUM=25

# jdk_version FOLDER: sets jdk_version to the feature version in FOLDER/release (8 for "1.8.0"), or to nothing.
jdk_version() {
    jdk_version=
    [ -r "$1/release" ] || return 0
    while IFS= read -r jdk_line || [ -n "$jdk_line" ]; do
        case $jdk_line in
            JAVA_VERSION=*)
                jdk_version=${jdk_line#JAVA_VERSION=}
                jdk_version=${jdk_version#\"}
                jdk_version=${jdk_version#1.}
                jdk_version=${jdk_version%%[!0-9]*}
                return 0
                ;;
        esac
    done < "$1/release"
}

# jdk_usable FOLDER: succeeds for a JDK that can build and run Pausa; else sets jdk_reason.
jdk_usable() {
    jdk_version "$1"
    if [ -z "$jdk_version" ]; then
        jdk_reason="no Java there (no JAVA_VERSION in its file 'release')"
    elif [ "$jdk_version" -lt "$PAUSA_JAVA_MINIMUM" ]; then
        jdk_reason="Java $jdk_version"
    elif [ ! -x "$1/bin/javac" ]; then
        jdk_reason="Java $jdk_version, but without bin/javac"
    elif [ ! -e "$1/lib/server/libjvm.so" ] && [ ! -e "$1/lib/server/libjvm.dylib" ]; then
        jdk_reason="Java $jdk_version, but without lib/server/libjvm"
    else
        return 0
    fi
    return 1
}

# jdk_try FOLDER NAME: takes FOLDER as JAVA_HOME if it is usable, else notes NAME and the reason in jdk_looked.
jdk_try() {
    if jdk_usable "$1"; then
        JAVA_HOME=$1
        export JAVA_HOME
        return 0
    fi
    jdk_looked="$jdk_looked
  $2: $jdk_reason"
    return 1
}

find_jdk() {
    jdk_looked=
    if [ -n "${JAVA_HOME:-}" ]; then
        jdk_try "$JAVA_HOME" "JAVA_HOME=$JAVA_HOME" && return 0
    else
        jdk_looked="$jdk_looked
  JAVA_HOME: not set"
    fi
    if jdk_java=$(command -v java); then
        # The real file is JDK/bin/java; what is on PATH is often a link to it.
        jdk_java=$(readlink -f "$jdk_java" || echo "$jdk_java")
        jdk_try "${jdk_java%/bin/java}" "java on PATH, $jdk_java" && return 0
    else
        jdk_looked="$jdk_looked
  java on PATH: none"
    fi
    for jdk_folder in /usr/lib/jvm/* /opt/*jdk* /opt/java/* "${HOME:-}"/.sdkman/candidates/java/* "${HOME:-}"/.jdks/* \
        /Library/Java/JavaVirtualMachines/*/Contents/Home; do
        [ -d "$jdk_folder" ] || continue # a pattern that matches nothing stays as it is
        jdk_try "$jdk_folder" "$jdk_folder" && return 0
    done
    # shellcheck disable=SC2016,SC2088 # what is printed is meant literally
    printf '%s\n' "pausa: no JDK $PAUSA_JAVA_MINIMUM or newer found. Looked at:$jdk_looked" \
        '  /usr/lib/jvm/*, /opt/*jdk*, /opt/java/*, ~/.sdkman/candidates/java/*, ~/.jdks/*,' \
        '  /Library/Java/JavaVirtualMachines/*/Contents/Home: nothing else' \
        "Install a JDK $PAUSA_JAVA_MINIMUM (https://adoptium.net) and set JAVA_HOME to its folder." >&2
    return 1
}
