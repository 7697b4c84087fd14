/**
 * How does a search thread call another process without handing the call over? HTTP/1.1 over kept connections, on the
 * thread that waits.
 *
 * <p>An asynchronous client wakes three threads a call (selector, executor, caller), each of which costs as much as
 * the transfer itself on a small machine. Here one thread writes once, sleeps once and reads:
 * {@link org.encore.http.BlockingHttp} is the door, {@link org.encore.http.Connections} keeps and makes connections,
 * {@link org.encore.http.Link} is the socket, {@link org.encore.http.AnswerReader} reads strictly and within bounds.
 */
package org.encore.http;
