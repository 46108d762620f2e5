package dev.stoker.web;

/**
 * A whole answer.
 *
 * @param status of HTTP
 * @param contentType its type
 * @param bytes not copied; the same array means the same content
 */
public record Body(int status, String contentType, byte[] bytes) {}
