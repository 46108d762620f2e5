package dev.stoker.explain.log;

/** Takes lines one by one, without their end. The bytes are lent for the time of the call. */
@FunctionalInterface
interface LineSink {
    void line(byte[] bytes, int from, int to);
}
