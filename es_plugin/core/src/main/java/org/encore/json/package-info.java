/** Just enough strict JSON (RFC 8259) for the wire's meta, without a library in the engine's way. */
package org.encore.json;
