/** How is an object of the search API read, whatever engine parses it, so that what is wrong is named by place and value? */
package org.encore.request;
