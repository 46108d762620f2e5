# What the launcher of the source tree and that of the distribution share; both read this file.

# No log of the virtual machine, so that a cache that does not fit is passed over in silence; UTF-8 whatever the locale.
common="-Xlog:disable -Dstdout.encoding=UTF-8 -Dstderr.encoding=UTF-8 -Djdk.console=java.base --enable-native-access=ALL-UNNAMED"
# For commands that end soon or mostly wait: what starts fastest.
short="-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData -Djdk.reflect.useNativeAccessorOnly=true"
# For load tests: the optimising compiler, and a small collector with a young generation that is cleared every few seconds in
# a few milliseconds; it takes half the memory of the concurrent one, which has nothing to do here.
steady="-XX:+UseSerialGC -Xmn32m -XX:-UsePerfData"

# launch JAVA JAR CACHE ARGUMENT…: becomes the program.
launch() {
    java=$1 jar=$2 cache=$3
    shift 3
    mode=$short
    # Commands that work the processor for long keep the optimising compiler and the concurrent collector.
    for word in "$@"; do
        case $word in
            -*) ;;
            load)
                mode=$steady
                break
                ;;
            agent | serve)
                mode=''
                break
                ;;
            *) break ;;
        esac
    done
    exec "$java" "-XX:AOTCache=$cache" $common $mode $STOKER_JAVA_OPTS -jar "$jar" "$@"
}

# rehearse JAVA JAR CACHE [LOG]: makes the cache of loaded and linked classes.
rehearse() {
    "$1" $common $short "-XX:AOTCacheOutput=$3" -jar "$2" rehearse </dev/null >"${4:-/dev/null}" 2>&1
}
