"""File axes: where a text is looked for, and what is not a text."""

import os
import resource
import unittest

from probes import SANITIZED, ProbeTest, main


class Texts(ProbeTest):
    def sizes(self, *arguments, **options):
        self.good("reading", "--out", "a.csv", *arguments, **options)
        return [(r["file"], r["bytes"], r["sum"]) for r in self.rows_of("a.csv")]

    def test_a_text_is_read_byte_by_byte(self):
        (self.folder / "t.txt").write_bytes("é\n".encode())
        self.assertEqual(self.sizes("--file", "t.txt"), [("t.txt", "3", str(0xC3 + 0xA9 + 0x0A))])

    def test_several_texts_are_an_axis(self):
        (self.folder / "a.txt").write_text("ab")
        (self.folder / "b.txt").write_text("abc")
        self.assertEqual([s[1] for s in self.sizes("--file", "b.txt,./a.txt")], ["3", "2"])

    def test_the_default_is_found_in_the_data_folder(self):
        self.assertGreater(int(self.sizes()[0][1]), 1000)

    def test_the_folder_of_the_user_comes_first_then_the_environment(self):
        data = self.folder / "data"
        data.mkdir()
        (data / "memoria.txt").write_text("from data")
        environment = self.environment(EVANESCE_DATA=str(data))
        self.assertEqual(self.sizes(environment=environment)[0][1], "9")
        (self.folder / "memoria.txt").write_text("here")
        self.assertEqual(self.sizes(environment=environment)[0][1], "4")

    def test_valid_utf8_up_to_its_last_code_point(self):
        (self.folder / "t.txt").write_bytes("\u007f\u0080\u07ff\u0800\ud7ff\ue000\uffff\U00010000\U0010ffff".encode())
        self.assertEqual(self.sizes("--file", "t.txt")[0][1], "25")


class Refusals(ProbeTest):
    def refused(self, name, *parts, **options):
        before = self.names()
        result = self.run_probe("reading", "--file", name, "--out", "a.csv", **options)
        self.assertRefused(result, f"--file {name}", "must be a text file", *parts)
        self.assertEqual(self.names(), before)

    def test_a_missing_file(self):
        self.refused("none.txt", "no such file here or in ")
        self.refused("./none.txt", "No such file or directory")

    def test_a_folder(self):
        (self.folder / "folder").mkdir()
        self.refused("folder", "is a folder")

    def test_a_device_or_a_pipe(self):
        self.refused("/dev/zero", "is not a regular file")
        os.mkfifo(self.folder / "pipe")
        self.refused("pipe", "is not a regular file")

    def test_an_empty_file(self):
        (self.folder / "t.txt").write_bytes(b"")
        self.refused("t.txt", "is empty")

    def test_a_binary_file(self):
        (self.folder / "t.txt").write_bytes(b"abcdef\x00gh")
        self.refused("t.txt", "has a NUL at byte 6")

    def test_what_is_not_utf8(self):
        for tail in (b"\xe9 ", b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xf5\x80\x80\x80",
                     b"\xe2\x82", b"\xf0\x8f\xbf\xbf", b"\xe0\x9f\xbf", b"\x80", b"\xc3("):
            with self.subTest(tail):
                (self.folder / "t.txt").write_bytes("éa".encode() + tail)
                self.refused("t.txt", "is not UTF-8 at byte 3")

    def test_a_text_shorter_than_the_window(self):
        (self.folder / "t.txt").write_text("abc")
        result = self.run_probe("reading", "--file", "t.txt", "--length", "3", "--out", "a.csv")
        self.assertRefused(result, "--file t.txt", "--length 3")

    def test_a_name_no_csv_can_hold(self):
        (self.folder / 'a"b').write_text("x")
        self.assertRefused(self.run_probe("reading", "--file", 'a"b'), "--file", "must have no quote")
        self.assertRefused(self.run_probe("reading", "--file", "a\nb"), "--file", "control character")

    def test_a_name_that_is_not_utf8(self):
        name = os.fsdecode(b"caf\xe9.txt")
        (self.folder / name).write_text("a text")
        self.assertRefused(self.run_probe("reading", "--file", name, "--out", "a.csv", errors="surrogateescape"),
                           f"--file {name}: the name is not UTF-8")
        self.assertEqual(self.names(), [name])

    def test_the_same_file_twice(self):
        (self.folder / "t.txt").write_text("abc")
        self.assertRefused(self.run_probe("reading", "--file", "t.txt,t.txt"), "--file t.txt: is given twice")

    @unittest.skipIf(SANITIZED, "a sanitizer needs more address space")
    def test_a_file_too_large_for_the_memory(self):
        with open(self.folder / "t.txt", "wb") as file:
            file.truncate(1 << 40)

        def limit():
            resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
        result = self.run_probe("reading", "--file", "t.txt", preexec_fn=limit)
        self.assertRefused(result, "--file t.txt", "1099511627776 bytes", "available")


if __name__ == "__main__":
    main()
