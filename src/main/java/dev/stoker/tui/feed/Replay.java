package dev.stoker.tui.feed;

/** How a recording is played. Any thread may call these; none of them waits. */
public interface Replay {

    /** Plays, or stands still. */
    void toggle();

    /** Stands still and goes so many samples on, or back. */
    void step(int by);

    /** Plays faster, or slower. */
    void speed(int by);
}
