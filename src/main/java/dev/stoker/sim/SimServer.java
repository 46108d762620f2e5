package dev.stoker.sim;

import dev.stoker.base.Clock;
import dev.stoker.sim.engine.Engine;
import dev.stoker.sim.engine.Faults;
import dev.stoker.sim.physics.Box;
import dev.stoker.sim.protocol.ControlApi;
import dev.stoker.sim.protocol.LlamaServerApi;
import dev.stoker.sim.protocol.OllamaApi;
import dev.stoker.sim.protocol.VllmApi;
import dev.stoker.sim.wire.WireHandler;
import dev.stoker.sim.wire.WireRequest;
import dev.stoker.sim.wire.WireResponse;
import dev.stoker.sim.wire.WireServer;

import java.io.IOException;
import java.net.InetAddress;

/**
 * A simulated box that serves: the box's protocol and the controls below {@code /sim/} on one port.
 * Every answer has the header {@code X-Stoker-Sim}, so that no figure of it is ever taken for a
 * real one. While the server restarts, its connections are closed without an answer. Thread-safe;
 * close it to stop.
 */
public final class SimServer implements AutoCloseable {
    /** The header by which a client knows: {@code <box>;speed=<factor>}. */
    public static final String HEADER = "X-Stoker-Sim";

    private final Engine engine;
    private final WireServer wire;

    private SimServer(Engine engine, WireServer wire) {
        this.engine = engine;
        this.wire = wire;
    }

    /**
     * Starts to serve.
     *
     * @param port 0 for any free one
     * @param speed simulated seconds a second
     */
    public static SimServer start(
            Box box, InetAddress address, int port, double speed, Faults faults)
            throws IOException {
        Clock clock = Clock.scaled(speed);
        Engine engine = new Engine(box, clock, faults);
        WireHandler protocol = protocol(engine);
        Door door = new Door(engine, protocol);
        WireServer wire = WireServer.start(address, port, door);
        door.open(wire);
        return new SimServer(engine, wire);
    }

    /** Starts to serve on loopback. */
    public static SimServer start(Box box, int port, double speed, Faults faults)
            throws IOException {
        return start(box, InetAddress.getLoopbackAddress(), port, speed, faults);
    }

    private static WireHandler protocol(Engine engine) {
        return switch (engine.box().server().kind()) {
            case OLLAMA -> new OllamaApi(engine);
            case LLAMA_SERVER -> new LlamaServerApi(engine);
            case VLLM -> new VllmApi(engine);
        };
    }

    public int port() {
        return wire.port();
    }

    public String url() {
        return "http://" + wire.address().getHostAddress() + ":" + wire.port();
    }

    public Engine engine() {
        return engine;
    }

    @Override
    public void close() {
        wire.close();
    }

    private static boolean isControl(WireRequest request) {
        return request.path().startsWith("/sim/");
    }

    /** Marks every answer, and leads each request to the controls or to the protocol. */
    private static final class Door implements WireHandler {
        private final Engine engine;
        private final WireHandler protocol;
        private final String mark;
        private volatile Runnable drop = () -> {};

        Door(Engine engine, WireHandler protocol) {
            this.engine = engine;
            this.protocol = protocol;
            this.mark = engine.box().name() + ";speed=" + engine.clock().speed();
        }

        void open(WireServer wire) {
            drop = () -> wire.drop(request -> !isControl(request));
        }

        @Override
        public void handle(WireRequest request, WireResponse response)
                throws IOException, InterruptedException {
            response.header(HEADER, mark);
            if (isControl(request)) {
                new ControlApi(engine, drop).handle(request, response);
            } else if (engine.isDown()) {
                response.cut();
            } else {
                protocol.handle(request, response);
            }
        }
    }
}
