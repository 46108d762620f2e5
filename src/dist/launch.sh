# What the launcher of the source tree and that of the distribution share; both read this file.

# No log of the virtual machine, so that a cache that does not fit is passed over in silence; UTF-8 whatever the locale.
common="-Xlog:disable -Dstdout.encoding=UTF-8 -Dstderr.encoding=UTF-8 -Djdk.console=java.base --enable-native-access=ALL-UNNAMED"
# For commands that end soon or mostly wait: what starts fastest.
short="-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData -Djdk.reflect.useNativeAccessorOnly=true"
# For load tests: a small collector with a young generation that is cleared every few seconds in a few milliseconds; it takes
# half the memory of the concurrent one, which has nothing to do here.
steady="-XX:+UseSerialGC -Xmn32m -XX:-UsePerfData"
# And the optimising compiler, after twenty times as many calls as usual: what is hot is known from the rehearsal, and for the
# rest it would be at work for a minute and take more of the processor than the test.
sparing="-XX:Tier4InvocationThreshold=100000 -XX:Tier4MinInvocationThreshold=12000 -XX:Tier4CompileThreshold=300000"
sparing="$sparing -XX:Tier4BackEdgeThreshold=800000"

# For one look at the GPUs: it ends before more than a few methods are worth compiling, and the cache holds no parser and no
# JSON, since the machine loads all that is in a cache.
glance="$short -XX:CompileThresholdScaling=20 -XX:+UnlockDiagnosticVMOptions -XX:-AOTReplayTraining"
# For the live screen, which stays for days: what starts fastest, with a heap that stays small whatever the machine's memory is.
watching="$short -Xms24m -Xmn8m -Xmx256m"

# verb ARGUMENT…: sets verb to the first word that is no option.
verb() {
    verb=''
    for verb in "$@"; do
        case $verb in
            -*) verb='' ;;
            *) return 0 ;;
        esac
    done
}

# is_glance ARGUMENT…: whether this is one look at the GPUs; sets glance_cache to the end of its cache's name, which is empty for
# JSON. What it says only chooses how the machine is started.
is_glance() {
    [ "$1" = gpu ] || return 1
    glance_cache=-gpu
    for word in "$@"; do
        case $word in
            --json) glance_cache='' ;;
            --csv | --no-color | -q | --quiet | --query | --format) ;;
            -*) return 1 ;;
        esac
    done
}

# launch JAVA JAR CACHE ARGUMENT…: becomes the program. Load tests and looks at the GPUs have caches of their own beside the
# other one.
launch() {
    java=$1 jar=$2 cache=$3
    shift 3
    verb "$@"
    case $verb in
        load)
            mode="$steady $sparing"
            [ -s "${cache%.aot}-load.aot" ] && cache=${cache%.aot}-load.aot
            ;;
        gpu)
            mode=$short
            if is_glance "$@"; then
                mode=$glance
                [ -s "${cache%.aot}$glance_cache.aot" ] && cache=${cache%.aot}$glance_cache.aot
            fi
            ;;
        # A long log is worth the optimising compiler.
        explain) mode=$steady ;;
        # Little to do, for months: a small heap, and a new start by whoever supervises it if that ever is too small.
        serve) mode="$short -Xmx96m -XX:+ExitOnOutOfMemoryError" ;;
        # What it calls once in half a minute is compiled at its tenth call, else never.
        warm) mode="$short -XX:CompileThresholdScaling=0.05 -Xmn8m -Xmx64m -XX:+ExitOnOutOfMemoryError" ;;
        top)
            mode=$watching
            keep_terminal "$java" "-XX:AOTCache=$cache" $common $mode $STOKER_JAVA_OPTS -jar "$jar" "$@"
            ;;
        # Commands that work the processor for long keep the optimising compiler and the concurrent collector.
        agent) mode='' ;;
        *) mode=$short ;;
    esac
    exec "$java" "-XX:AOTCache=$cache" $common $mode $STOKER_JAVA_OPTS -jar "$jar" "$@"
}

# keep_terminal PROGRAM ARGUMENT…: runs what takes over the terminal, and stays to put the terminal in order when that is
# killed and can't do it itself. Where there is no terminal, it returns at once.
keep_terminal() {
    [ -t 0 ] && [ -t 1 ] && modes=$(stty -g 2>/dev/null) || return 0
    exec 3<&0
    # Behind the shell's back, so that a signal to the launcher can be handed on at once.
    STOKER_LAUNCHER=$$ "$@" <&3 3<&- &
    child=$!
    trap 'kill -TERM "$child" 2>/dev/null' INT TERM HUP
    wait "$child"
    code=$?
    while [ "$code" -gt 128 ] && kill -0 "$child" 2>/dev/null; do
        wait "$child"
        code=$?
    done
    if [ "$code" -gt 128 ] && [ "$code" -ne 130 ]; then
        # As the program would: no mouse, line wrap, the cursor, the usual screen, the modes of before.
        printf '\033[?2026l\033[0m\033[?1006l\033[?1000l\033[?7h\033[?25h\033[?1049l'
        stty "$modes" 2>/dev/null
    fi
    exit "$code"
}

# rehearse JAVA JAR CACHE [LOG]: makes the cache of loaded and linked classes.
rehearse() {
    "$1" $common $short "-XX:AOTCacheOutput=$3" -jar "$2" rehearse </dev/null >"${4:-/dev/null}" 2>&1
}

# rehearse_load JAVA JAR CACHE [LOG]: makes that of load tests, which also tells what to compile. CACHE is the other one's name.
rehearse_load() {
    "$1" $common $steady "-XX:AOTCacheOutput=${3%.aot}-load.aot" -jar "$2" rehearse load </dev/null >"${4:-/dev/null}" 2>&1
}

# rehearse_gpu JAVA JAR CACHE [LOG]: makes that of looks at the GPUs. No profiles of methods, which would have them
# compiled at the start.
rehearse_gpu() {
    "$1" $common $glance -XX:-AOTRecordTraining "-XX:AOTCacheOutput=${3%.aot}-gpu.aot" \
        -jar "$2" rehearse gpu </dev/null >"${4:-/dev/null}" 2>&1
}
