package dev.stoker.http;

/**
 * Learns when the connection stood and when the last byte of the request was handed to the system.
 */
public interface SendStamps {
    /** Ignores the stamps. */
    SendStamps NONE =
            new SendStamps() {
                @Override
                public void connected(long nanos) {}

                @Override
                public void sent(long nanos) {}
            };

    void connected(long nanos);

    void sent(long nanos);
}
