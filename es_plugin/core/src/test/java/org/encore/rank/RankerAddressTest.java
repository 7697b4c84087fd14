package org.encore.rank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RankerAddressTest {
    @ParameterizedTest
    @ValueSource(strings = {"http://127.0.0.1:8400", "http://localhost:1", "http://[::1]:8400", "https://127.0.0.1:8400", "http://127.9.9.9:80"})
    void thisMachineNeedsNoToken(String address) {
        assertEquals(address, RankerAddress.parse(address, false).toString());
    }

    @Test
    void aSlashAndCapitalsAreTheSameAddress() {
        assertEquals("http://127.0.0.1:8400", RankerAddress.parse(" HTTP://127.0.0.1:8400/ ", false).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://10.0.0.5:8400", "https://ranker.example:8400", "http://127.0.0.1.evil.example:80", "http://0.0.0.0:8400"})
    void anotherMachineNeedsTlsAndToken(String address) {
        assertEquals(
                "ranker address [" + address + "] is not on this machine: use https and set a token, "
                        + "or an address such as [http://127.0.0.1:8400]",
                assertThrows(IllegalArgumentException.class, () -> RankerAddress.parse(address, false)).getMessage());
    }

    @Test
    void aTokenOverPlainHttpIsRefusedToo() {
        assertThrows(IllegalArgumentException.class, () -> RankerAddress.parse("http://10.0.0.5:8400", true));
        assertEquals("https://10.0.0.5:8400", RankerAddress.parse("https://10.0.0.5:8400", true).toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "127.0.0.1:8400", "http://127.0.0.1", "ftp://127.0.0.1:21", "http://127.0.0.1:8400/v1", "http://127.0.0.1:8400?a=b",
                "http://user:word@127.0.0.1:8400", "http://:8400", "http://a b:1", "http://127.0.0.1:8400#x"})
    void otherFormsAreRefused(String address) {
        assertEquals(
                "ranker address [" + address + "] is not of the form [http://host:port] or [https://host:port]",
                assertThrows(IllegalArgumentException.class, () -> RankerAddress.parse(address, true)).getMessage());
    }
}
