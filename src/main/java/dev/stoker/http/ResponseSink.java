package dev.stoker.http;

/**
 * Takes a response as it arrives. Called from one thread, in order: the head once, then pieces of
 * the body without their framing. Every call carries the stamp of the read that brought the bytes,
 * so several calls may share one stamp.
 */
public interface ResponseSink {

    /**
     * @param head status and headers
     * @param nanos the clock's reading when the head's last bytes were read
     */
    void head(ResponseHead head, long nanos);

    /**
     * Takes a piece of the body. The buffer is used again after the call: copy what you keep.
     *
     * @param nanos the clock's reading when the bytes were read
     */
    void body(byte[] buffer, int offset, int length, long nanos);

    /**
     * Looks at what the next call of {@link #body} will need, so that the processor has it by then;
     * changes nothing. A loop over many streams calls this for several of them before it reads the
     * first.
     *
     * @return anything that depends on what was looked at
     */
    default long fetch() {
        return 0;
    }
}
