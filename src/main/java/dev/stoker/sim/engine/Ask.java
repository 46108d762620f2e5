package dev.stoker.sim.engine;

/**
 * What a request wants of its runner. A loaded runner with other figures is reloaded.
 *
 * @param context tokens a slot; 0 for the server's default
 * @param gpuLayers layers on GPUs; negative for automatic, which never forces a reload
 * @param keepAlive how long to keep it afterwards
 */
public record Ask(int context, int gpuLayers, KeepAlive keepAlive) {
    public static final Ask DEFAULT = new Ask(0, -1, KeepAlive.UNSAID);
}
