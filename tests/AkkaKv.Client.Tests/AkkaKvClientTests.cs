using System.Text;
using AkkaKv.Api;
using AkkaKv.Fakes;

namespace AkkaKv.Client.Tests;

/// <summary>What each operation sends and reads, against the contract in a dictionary.</summary>
public sealed class AkkaKvClientTests : IDisposable
{
    private static readonly RequestOptions Plain = RequestOptions.Default;

    private readonly FakeStore _store = new();
    private readonly AkkaKvClient _client;

    public AkkaKvClientTests() => _client = new AkkaKvClient(new AkkaKvClientOptions { Endpoints = [_store.Url] }, new ShortTime(), new Random(1));

    public void Dispose()
    {
        _client.Dispose();
        _store.Dispose();
    }

    [Fact]
    public async Task A_put_is_read_back_with_all_that_came_with_it()
    {
        var key = EntryKey.FromText("default", "cart");
        byte[] value = [0, 255, 13, 10, 128];

        var put = await _client.PutAsync(key, new PutRequest(value, "image/x-test"), Plain, CancellationToken.None);
        var get = await _client.GetAsync(key, Plain, CancellationToken.None);

        put.Error.ShouldBeNull();
        put.Tag.ShouldBe("t1");
        put.Quorum.ShouldBe(new QuorumReport(3, 2, 2, true, "node-1"));
        var only = get.Siblings.ShouldHaveSingleItem();
        only.Value.ToArray().ShouldBe(value);
        only.ContentType.ShouldBe("image/x-test");
        only.Tag.ShouldBe("t1");
        only.WrittenAt.ShouldBe(new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.Zero));
        get.Context.ShouldBe(put.Context);
        get.Quorum!.Needed.ShouldBe(2);
    }

    [Fact]
    public async Task What_was_never_written_is_not_found_and_has_no_context()
    {
        var get = await _client.GetAsync(EntryKey.FromText("default", "nothing"), Plain, CancellationToken.None);

        get.Found.ShouldBeFalse();
        get.Error.ShouldBeNull();
        get.Context.ShouldBeNull();
    }

    [Fact]
    public async Task A_deleted_key_is_not_found_but_keeps_its_context()
    {
        var key = EntryKey.FromText("default", "gone");
        var put = await _client.PutAsync(key, new PutRequest("x"u8.ToArray()), Plain, CancellationToken.None);

        var deleted = await _client.DeleteAsync(key, put.Context, Plain, CancellationToken.None);
        var get = await _client.GetAsync(key, Plain, CancellationToken.None);

        deleted.Error.ShouldBeNull();
        get.Found.ShouldBeFalse();
        get.Context.ShouldNotBeNull();
    }

    [Fact]
    public async Task Concurrent_puts_are_read_as_siblings_and_one_put_with_the_context_resolves_them()
    {
        var key = EntryKey.FromText("default", "conflict");
        await _client.PutAsync(key, new PutRequest("a"u8.ToArray(), "text/plain"), Plain, CancellationToken.None);
        var second = await _client.PutAsync(key, new PutRequest("b"u8.ToArray()), Plain, CancellationToken.None);

        var get = await _client.GetAsync(key, Plain, CancellationToken.None);
        var head = await _client.HeadAsync(key, Plain, CancellationToken.None);
        var resolved = await _client.PutAsync(key, new PutRequest("ab"u8.ToArray(), Context: get.Context), Plain, CancellationToken.None);

        second.Siblings.ShouldBe(2);
        get.Siblings.Select(each => Encoding.UTF8.GetString(each.Value.Span)).ShouldBe(["a", "b"]);
        get.Siblings[0].ContentType.ShouldBe("text/plain");
        get.Siblings[1].ContentType.ShouldBeNull();
        head.Found.ShouldBeTrue();
        head.Siblings.ShouldBe(2);
        head.Context.ShouldBe(get.Context);
        resolved.Siblings.ShouldBe(1);
    }

    [Fact]
    public async Task Replace_leaves_one_value_whatever_was_there()
    {
        var key = EntryKey.FromText("default", "replaced");
        for (int round = 0; round < 3; round++)
            (await _client.ReplaceAsync(key, new PutRequest(Encoding.UTF8.GetBytes($"{round}")), Plain, CancellationToken.None)).Error.ShouldBeNull();

        _store.Texts("/kv/default/replaced").ShouldBe(["2"]);
    }

    [Fact]
    public async Task The_options_travel_in_the_query()
    {
        var options = new RequestOptions(3, 2, 1, QuorumMode.Strict, TimeSpan.FromMilliseconds(1500));
        var put = new PutRequest("x"u8.ToArray(), ExpiresAt: new DateTimeOffset(2026, 11, 22, 10, 1, 0, TimeSpan.Zero), LastWriteWins: true);

        await _client.PutAsync(EntryKey.FromText("b", "k"), put, options, CancellationToken.None);

        _store.Node.Requests.ShouldHaveSingleItem().Target.ShouldBe("/kv/b/k?n=3&r=2&w=1&quorum=strict&timeout=1500ms&ttl=60000ms&lww=true");
    }

    [Theory]
    [InlineData("a/b", "/a%2Fb")]
    [InlineData("..", "?key=..")]
    [InlineData(".", "?key=.")]
    [InlineData("a.b-c_d~e", "/a.b-c_d~e")]
    [InlineData("a b?c#d%e+f", "/a%20b%3Fc%23d%25e%2Bf")]
    [InlineData("Grüße", "/Gr%C3%BC%C3%9Fe")]
    public async Task A_key_is_one_encoded_segment_on_the_wire(string name, string segment)
    {
        await _client.PutAsync(EntryKey.FromText("b", name), new PutRequest("x"u8.ToArray()), Plain, CancellationToken.None);

        _store.Node.Requests.ShouldHaveSingleItem().Target.ShouldBe("/kv/b" + segment);
    }

    [Fact]
    public async Task A_key_of_any_bytes_survives()
    {
        byte[] name = [0, 47, 128, 255, 37];
        await _client.PutAsync(new EntryKey("b", name), new PutRequest("x"u8.ToArray()), Plain, CancellationToken.None);

        _store.Node.Requests.ShouldHaveSingleItem().Target.ShouldBe("/kv/b?key=%00%2F%80%FF%25");
    }

    [Fact]
    public async Task The_cluster_is_described()
    {
        var members = await _client.MembersAsync(CancellationToken.None);
        var ring = await _client.RingAsync(CancellationToken.None);
        var health = await _client.HealthAsync(CancellationToken.None);
        var (placement, error) = await _client.PlacementAsync(EntryKey.FromText("default", "a"), Plain, CancellationToken.None);

        members.ShouldHaveSingleItem().ShouldBe(new MemberInfo("node-1", "127.0.0.1:9", _store.Url.ToString(), "a", 1, true, true, 4));
        ring.Owners.Count.ShouldBe(4);
        health.Ready.ShouldBeTrue();
        health.Store["kind"].ShouldBe("fake");
        error.ShouldBeNull();
        placement!.Hash.ShouldBe(ulong.MaxValue);
        placement.Partition.ShouldBe(3);
        placement.Owners.ShouldHaveSingleItem().Name.ShouldBe("node-1");
    }

    [Fact]
    public async Task A_node_that_is_not_ready_says_why()
    {
        _store.Before = request => request.Path == "/ready"
            ? FakeAnswer.Json(503, """{"node":"node-1","ready":false,"reasons":["the store is read-only"],"store":{}}""")
            : null;

        var (health, error) = await _client.HealthOfAsync(_store.Url, CancellationToken.None);

        error.ShouldBeNull();
        health!.Ready.ShouldBeFalse();
        health.Reasons.ShouldBe(["the store is read-only"]);
    }

    [Fact]
    public async Task An_answer_that_is_not_AkkaKvs_is_an_error_and_not_a_crash()
    {
        _store.Before = _ => new FakeAnswer(300, "<html>"u8.ToArray(), ("Content-Type", "text/html"));

        var get = await _client.GetAsync(EntryKey.FromText("b", "k"), Plain, CancellationToken.None);

        get.Error!.Detail.ShouldContain("check that it is an AkkaKv node");
    }

    [Fact]
    public async Task An_expiry_a_list_of_members_in_an_object_and_a_hash_in_hexadecimal_are_read()
    {
        _store.Before = request => request.Path switch
        {
            "/cluster/members" => FakeAnswer.Json(200, """{"members":[{"name":"node-2","reachable":false}]}"""),
            "/kv/b/k/placement" => FakeAnswer.Json(200, """{"bucket":"b","key":"k","hash":"0x00000000000000ff","partition":0,"owners":[{"name":"node-2"}]}"""),
            _ => new FakeAnswer(200, "v"u8.ToArray(), ("X-AkkaKv-Expires", "2026-11-22T11:00:00Z")),
        };
        var key = EntryKey.FromText("b", "k");

        var get = await _client.GetAsync(key, Plain, CancellationToken.None);
        var members = await _client.MembersAsync(CancellationToken.None);
        var (placement, _) = await _client.PlacementAsync(key, Plain, CancellationToken.None);

        get.Siblings.ShouldHaveSingleItem().ExpiresAt.ShouldBe(new DateTimeOffset(2026, 11, 22, 11, 0, 0, TimeSpan.Zero));
        members.ShouldHaveSingleItem().Reachable.ShouldBeFalse();
        placement!.Hash.ShouldBe(255UL);
    }

    [Fact]
    public void Options_out_of_range_are_named()
    {
        var failure = Should.Throw<ArgumentException>(() => new AkkaKvClient(new AkkaKvClientOptions { AttemptsMax = 0 }, new ShortTime(), new Random(1)));

        failure.Message.ShouldContain("AttemptsMax must be at least 1, it is 0");
        Should.Throw<ArgumentException>(() => new AkkaKvClient(new AkkaKvClientOptions { Endpoints = [] }, new ShortTime(), new Random(1)));
    }
}
