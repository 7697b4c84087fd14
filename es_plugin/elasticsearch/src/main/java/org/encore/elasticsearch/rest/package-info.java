/** What does the node answer over HTTP beyond the engine's own paths? */
package org.encore.elasticsearch.rest;
