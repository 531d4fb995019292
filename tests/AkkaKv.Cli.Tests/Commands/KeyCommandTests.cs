using System.Text;
using System.Text.Json;
using AkkaKv.Cli.Shell;
using AkkaKv.Cli.Tests.Shell;
using AkkaKv.Fakes;

namespace AkkaKv.Cli.Tests.Commands;

public sealed class KeyCommandTests : IDisposable
{
    private readonly FakeStore _store = new();
    private readonly ScratchDirectory _scratch = new();

    public void Dispose()
    {
        _store.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public async Task Put_and_get_carry_any_bytes()
    {
        byte[] value = [.. Enumerable.Range(0, 256).Select(each => (byte)each)];
        string file = _scratch.Write("value.bin", value);

        var put = await CliRun.AgainstAsync(_store, "put", "k", "--file", file, "--content-type", "image/x-test");
        var get = await CliRun.AgainstAsync(_store, "get", "k");

        put.Code.ShouldBe(ExitCode.Ok, put.Error);
        put.Out.ShouldBe("put default/k, 2 of 3 replicas acknowledged (w=2)\n");
        get.Code.ShouldBe(ExitCode.Ok);
        get.OutBytes.ShouldBe(value);
        _store.ContentType("/kv/default/k").ShouldBe("image/x-test");
    }

    [Fact]
    public async Task Put_takes_standard_input()
    {
        var put = await CliRun.RunAsync(["put", "k", "-", "-e", _store.Url.ToString()], "from a pipe"u8.ToArray());

        put.Code.ShouldBe(ExitCode.Ok, put.Error);
        _store.Texts("/kv/default/k").ShouldBe(["from a pipe"]);
    }

    [Fact]
    public async Task The_options_of_a_put_reach_the_server()
    {
        var put = await CliRun.AgainstAsync(_store, "put", "a/b", "v", "-b", "carts", "--n", "3", "--w", "2", "--quorum", "strict", "--timeout", "500ms", "--ttl", "1m", "--lww");

        put.Code.ShouldBe(ExitCode.Ok, put.Error);
        _store.Node.Requests.ShouldHaveSingleItem().Target.ShouldBe("/kv/carts/a%2Fb?n=3&w=2&quorum=strict&timeout=500ms&ttl=60000ms&lww=true");
    }

    [Fact]
    public async Task A_key_that_is_not_there_is_exit_code_1()
    {
        var get = await CliRun.AgainstAsync(_store, "get", "nothing");

        get.Code.ShouldBe(ExitCode.NotFound);
        get.OutBytes.ShouldBeEmpty();
        get.Error.ShouldContain("default/nothing was not found");
    }

    [Fact]
    public async Task A_conflict_is_listed_with_the_way_out_and_the_way_out_works()
    {
        await CliRun.AgainstAsync(_store, "put", "k", "red");
        var second = await CliRun.AgainstAsync(_store, "put", "k", "blue");

        var get = await CliRun.AgainstAsync(_store, "get", "k");
        var one = await CliRun.AgainstAsync(_store, "get", "k", "--sibling", "t2");
        var all = await CliRun.AgainstAsync(_store, "get", "k", "--all", "--context-out", _scratch.File("context"));
        var resolved = await CliRun.AgainstAsync(_store, "put", "k", "purple", "--context", "@" + _scratch.File("context"));

        second.Error.ShouldContain("now has 2 concurrent values");
        get.Code.ShouldBe(ExitCode.Conflict);
        get.OutBytes.ShouldBeEmpty();
        get.Error.ShouldContain("t1");
        get.Error.ShouldContain("blue");
        get.Error.ShouldContain("akkakv put k VALUE -b default --context " + File.ReadAllText(_scratch.File("context")).Trim());
        one.Out.ShouldBe("blue");
        all.Code.ShouldBe(ExitCode.Ok);
        all.Out.ShouldContain("red");
        resolved.Code.ShouldBe(ExitCode.Ok, resolved.Error);
        _store.Texts("/kv/default/k").ShouldBe(["purple"]);
    }

    [Fact]
    public async Task A_sibling_that_does_not_exist_is_named_with_those_that_do()
    {
        await CliRun.AgainstAsync(_store, "put", "k", "red");

        var get = await CliRun.AgainstAsync(_store, "get", "k", "--sibling", "t9");

        get.Code.ShouldBe(ExitCode.NotFound);
        get.Error.ShouldContain("no sibling 't9'; it has: t1");
    }

    [Fact]
    public async Task Siblings_with_the_same_bytes_are_one_value_for_a_reader()
    {
        await CliRun.AgainstAsync(_store, "put", "k", "same");
        await CliRun.AgainstAsync(_store, "put", "k", "same");

        var get = await CliRun.AgainstAsync(_store, "get", "k");

        get.Code.ShouldBe(ExitCode.Ok);
        get.Out.ShouldBe("same");
        get.Error.ShouldContain("2 siblings with the same bytes");
    }

    [Fact]
    public async Task Replace_overwrites_without_a_sibling()
    {
        await CliRun.AgainstAsync(_store, "put", "k", "old");

        var put = await CliRun.AgainstAsync(_store, "put", "k", "new", "--replace");

        put.Code.ShouldBe(ExitCode.Ok, put.Error);
        _store.Texts("/kv/default/k").ShouldBe(["new"]);
    }

    [Fact]
    public async Task Del_deletes_what_is_there_and_says_when_there_is_nothing()
    {
        await CliRun.AgainstAsync(_store, "put", "k", "v");

        var deleted = await CliRun.AgainstAsync(_store, "del", "k");
        var again = await CliRun.AgainstAsync(_store, "del", "k");
        var get = await CliRun.AgainstAsync(_store, "get", "k");

        deleted.Code.ShouldBe(ExitCode.Ok, deleted.Error);
        again.Code.ShouldBe(ExitCode.NotFound);
        get.Code.ShouldBe(ExitCode.NotFound);
        get.Error.ShouldContain("it was deleted or expired");
    }

    [Fact]
    public async Task Json_holds_the_whole_reply()
    {
        await CliRun.AgainstAsync(_store, "put", "k", "v", "--content-type", "text/plain");

        var get = await CliRun.AgainstAsync(_store, "get", "k", "-o", "json");

        using var document = JsonDocument.Parse(get.Out);
        var sibling = document.RootElement.GetProperty("siblings")[0];
        Encoding.UTF8.GetString(sibling.GetProperty("value").GetBytesFromBase64()).ShouldBe("v");
        sibling.GetProperty("contentType").GetString().ShouldBe("text/plain");
        document.RootElement.GetProperty("context").GetString().ShouldNotBeNullOrEmpty();
        document.RootElement.GetProperty("quorum").GetProperty("overlapping").GetBoolean().ShouldBeTrue();
    }

    [Theory]
    [InlineData(400, "invalid-quorum", "not-attempted", ExitCode.Refused)]
    [InlineData(409, "too-many-siblings", "not-attempted", ExitCode.Refused)]
    [InlineData(413, "value-too-large", "not-attempted", ExitCode.Refused)]
    [InlineData(503, "not-enough-replicas", "not-attempted", ExitCode.Unavailable)]
    [InlineData(429, "busy", "not-attempted", ExitCode.Unavailable)]
    [InlineData(503, "quorum-not-reached", "indeterminate", ExitCode.Indeterminate)]
    public async Task Each_kind_of_failure_has_its_exit_code(int status, string slug, string outcome, int code)
    {
        _store.Before = _ => FakeAnswer.Problem(status, slug, outcome, retryable: false);

        var text = await CliRun.AgainstAsync(_store, "put", "k", "v");
        var json = await CliRun.AgainstAsync(_store, "put", "k", "v", "-o", "json");

        text.Code.ShouldBe(code);
        text.Error.ShouldContain($"akkakv: {slug}: said by the fake");
        text.Error.ShouldContain("needed 2 replies, got 1; without: node-3");
        json.Code.ShouldBe(code);
        using var document = JsonDocument.Parse(json.Error);
        document.RootElement.GetProperty("error").GetProperty("outcome").GetString().ShouldBe(outcome);
    }
}
