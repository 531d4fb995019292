using System.Text;
using AkkaKv.Cli.Load;
using AkkaKv.Cli.Shell;

namespace AkkaKv.Cli.Tests.Load;

public sealed class RecordReaderTests
{
    [Fact]
    public void A_json_lines_value_is_the_lines_bytes_as_they_stand()
    {
        var items = JsonLines("{\"id\": \"a\",  \"x\":1 }\r\n\n   \n{\"x\":[{\"id\":9}],\"id\":42}");

        items.Select(each => each.Key).ShouldBe(["a", "42"]);
        items.Select(each => each.Line).ShouldBe([1L, 4L]);
        Text(items[0]).ShouldBe("{\"id\": \"a\",  \"x\":1 }");
        Text(items[1]).ShouldBe("{\"x\":[{\"id\":9}],\"id\":42}");
    }

    [Theory]
    [InlineData("{\"x\":1}", "it has no field 'id'")]
    [InlineData("{\"id\":null}", "neither a string nor a number")]
    [InlineData("{\"id\":{\"id\":1}}", "neither a string nor a number")]
    [InlineData("{\"id\":\"\"}", "is empty")]
    [InlineData("[1]", "not a JSON object")]
    [InlineData("{\"id\":\"a\"", "not JSON")]
    [InlineData("{\"id\":\"a\"} trailing", "not JSON")]
    [InlineData("nonsense", "not JSON")]
    public void A_malformed_line_is_named_with_its_reason_and_reading_goes_on(string line, string reason)
    {
        var items = JsonLines(line + "\n{\"id\":\"next\"}\n");

        items.Count.ShouldBe(2);
        items[0].Problem.ShouldNotBeNull().ShouldContain(reason);
        items[0].Line.ShouldBe(1);
        Encoding.UTF8.GetString(items[0].Source.Span).ShouldBe(line);
        items[1].Key.ShouldBe("next");
    }

    [Fact]
    public void A_line_that_is_not_utf8_is_malformed()
    {
        byte[] bytes = [.. "{\"id\":\"a\",\"x\":\""u8, 0xC3, 0x28, .. "\"}\n{\"id\":\"b\"}"u8];

        var items = new JsonLinesReader(new ByteSource(new MemoryStream(bytes)), "id", 1000).Read().ToList();

        items[0].Problem.ShouldNotBeNull().ShouldContain("UTF-8");
        items[1].Key.ShouldBe("b");
    }

    [Fact]
    public void A_byte_order_mark_is_passed_over()
    {
        byte[] bytes = [0xEF, 0xBB, 0xBF, .. "{\"id\":\"a\"}"u8];

        new JsonLinesReader(new ByteSource(new MemoryStream(bytes)), "id", 1000).Read().ToList().ShouldHaveSingleItem().Key.ShouldBe("a");
    }

    [Fact]
    public void A_line_beyond_the_bound_is_malformed_and_the_next_is_read()
    {
        string longer = "{\"id\":\"" + new string('x', 300_000) + "\"}";

        var items = JsonLines(longer + "\n{\"id\":\"b\"}", recordBytesMax: 100_000);

        items[0].Problem.ShouldNotBeNull().ShouldContain("longer than 100000 bytes");
        items[0].Source.Length.ShouldBeLessThanOrEqualTo(4096);
        items[1].Key.ShouldBe("b");
        items[1].Line.ShouldBe(2);
    }

    [Fact]
    public void Csv_follows_rfc_4180()
    {
        var items = Csv("id,name,note\r\n1,\"Doe, Jane\",\"she said \"\"hi\"\"\"\r\n2,two,\"line one\r\nline two\"\r\n\r\n3,,\n4,Grüße,x");

        items.ShouldAllBe(each => each.Problem == null);
        items.Select(Text).ShouldBe(
        [
            "{\"id\":\"1\",\"name\":\"Doe, Jane\",\"note\":\"she said \\\"hi\\\"\"}",
            "{\"id\":\"2\",\"name\":\"two\",\"note\":\"line one\\r\\nline two\"}",
            "{\"id\":\"3\",\"name\":\"\",\"note\":\"\"}",
            "{\"id\":\"4\",\"name\":\"Grüße\",\"note\":\"x\"}",
        ]);
        items.Select(each => each.Line).ShouldBe([2L, 3L, 6L, 7L]);
    }

    [Theory]
    [InlineData("1", "it has 1 fields, the header has 2")]
    [InlineData("1,2,3", "it has 3 fields")]
    [InlineData("1,a\"b", "has a quote but does not begin with one")]
    [InlineData("1,\"a\"b", "goes on behind its closing quote")]
    [InlineData(",x", "is empty")]
    public void A_malformed_csv_record_is_named_and_reading_goes_on(string record, string reason)
    {
        var items = Csv($"id,x\n{record}\n9,z\n");

        items.Count.ShouldBe(2);
        items[0].Problem.ShouldNotBeNull().ShouldContain(reason);
        items[0].Line.ShouldBe(2);
        items[1].Key.ShouldBe("9");
    }

    [Fact]
    public void A_quote_that_is_never_closed_is_named_with_the_line_it_began_on()
    {
        var items = Csv("id,x\n1,ok\n2,\"open\n3,ok\n");

        items[0].Key.ShouldBe("1");
        items[1].Problem.ShouldNotBeNull().ShouldContain("never closed");
        items[1].Line.ShouldBe(3);
    }

    [Fact]
    public void A_csv_record_beyond_the_bound_is_malformed_and_the_next_is_read()
    {
        var items = Csv("id,x\n1," + new string('y', 500) + "\n2,ok\n", recordBytesMax: 100);

        items[0].Problem.ShouldNotBeNull().ShouldContain("longer than 100 bytes");
        items[1].Key.ShouldBe("2");
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("a,b\n1,2", "no such field; its header names: a, b")]
    [InlineData("id,id\n1,2", "names a field twice")]
    public void A_csv_file_without_a_usable_header_is_refused(string text, string reason) =>
        Should.Throw<UsageException>(() => Csv(text)).Message.ShouldContain(reason);

    [Fact]
    public void Csv_agrees_with_a_dumb_writer()
    {
        const int seed = 20261122;
        var random = new Random(seed);
        string[] pieces = ["a", ",", "\"", "\n", "\r\n", "é", " ", "x\"y", ""];
        for (int round = 0; round < 200; round++)
        {
            string[][] rows = [.. Enumerable.Range(0, 5).Select(row => new[] { $"k{row}", string.Concat(Enumerable.Range(0, 4).Select(_ => pieces[random.Next(pieces.Length)])) })];
            string file = "id,x\n" + string.Concat(rows.Select(row => $"{row[0]},\"{row[1].Replace("\"", "\"\"", StringComparison.Ordinal)}\"\n"));

            var items = Csv(file);

            items.Select(each => System.Text.Json.JsonDocument.Parse(each.Value).RootElement.GetProperty("x").GetString())
                .ShouldBe(rows.Select(row => row[1]), $"seed {seed}, round {round}");
        }
    }

    private static List<LoadItem> JsonLines(string text, int recordBytesMax = 1_000_000) =>
        [.. new JsonLinesReader(new ByteSource(new MemoryStream(Encoding.UTF8.GetBytes(text))), "id", recordBytesMax).Read()];

    private static List<LoadItem> Csv(string text, int recordBytesMax = 1_000_000) =>
        [.. new CsvReader(new ByteSource(new MemoryStream(Encoding.UTF8.GetBytes(text))), "id", recordBytesMax).Read()];

    private static string Text(LoadItem item) => Encoding.UTF8.GetString(item.Value.Span);
}
