package dev.stoker.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Reading;
import dev.stoker.json.JsonBytes;
import dev.stoker.trace.RequestTrace;
import dev.stoker.trace.ServerTimings;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

class RequestLineTest {

    @Property(tries = 500)
    void write_anyRequest_asTheGeneratorWritesIt(
            @ForAll @Size(max = 20) long[] chunks,
            @ForAll long number,
            @ForAll int shape,
            @ForAll @StringLength(max = 20) String text) {
        ServerTimings timings =
                new ServerTimings(
                        Reading.known(Duration.ofNanos(number)),
                        Reading.unsupported(text),
                        Reading.known(number),
                        Reading.failed(text),
                        Reading.unsupported(""),
                        (shape & 1) == 0 ? Reading.known(0L) : Reading.unsupported(text),
                        Reading.failed("x"));
        RequestTrace trace =
                new RequestTrace(
                        number,
                        -1,
                        number,
                        Long.MAX_VALUE,
                        chunks,
                        Long.MIN_VALUE,
                        0,
                        7,
                        timings,
                        (shape & 2) == 0
                                ? new RequestTrace.Outcome.Ok(text)
                                : new RequestTrace.Outcome.Failed("stream-cut", text));
        LoadEvent.RequestEnded event = new LoadEvent.RequestEnded(3, number, trace);
        JsonBytes out = new JsonBytes();
        new RequestLine(out).write(event);

        assertThat(new String(out.array(), 0, out.length(), StandardCharsets.UTF_8))
                .isEqualTo(new String(LoadEventJson.line(event), StandardCharsets.UTF_8));
    }
}
