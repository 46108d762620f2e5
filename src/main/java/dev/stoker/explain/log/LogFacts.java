package dev.stoker.explain.log;

/**
 * What was read of a log. Immutable.
 *
 * @param bytes of it
 * @param lines of it
 * @param used those that said something that counts
 * @param unknown those of no known form
 * @param cut those that were too long to be looked at whole
 * @param rotations how often it was emptied or replaced while it was read
 */
public record LogFacts(long bytes, long lines, long used, long unknown, long cut, int rotations) {

    static LogFacts of(long bytes, LineCutter cutter, LogParser parser, int rotations) {
        return new LogFacts(
                bytes, cutter.lines(), parser.used(), parser.unknown(), cutter.cut(), rotations);
    }

    /** Returns these and others together. */
    public LogFacts and(LogFacts other) {
        return new LogFacts(
                bytes + other.bytes,
                lines + other.lines,
                used + other.used,
                unknown + other.unknown,
                cut + other.cut,
                rotations + other.rotations);
    }
}
