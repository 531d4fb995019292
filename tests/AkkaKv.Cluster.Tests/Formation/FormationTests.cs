using AkkaKv.Cluster.Tests.Http;
using AkkaKv.Cluster.Tests.Processes;
using Xunit.Abstractions;

namespace AkkaKv.Cluster.Tests.Formation;

/// <summary>Three processes are one cluster, over real HTTP and real connections between them.</summary>
public sealed class FormationTests(ITestOutputHelper output)
{
    [Fact]
    public Task Three_processes_form_a_cluster() => ProcessCluster.RunAsync(output, new ClusterShape(), async cluster =>
    {
        await WhatOneStoresTheOthersRead(cluster);
        await AllAgreeOnMembersRingAndPlacement(cluster);
        await ConflictsAreKeptAndResolved(cluster);
        await ADeletedKeyStaysDeletedEverywhere(cluster);
        await BadInputIsRefusedAndNamed(cluster);
        foreach (var node in cluster.Nodes)
            (await node.TerminateAsync()).ShouldBe(0, node.Text);
    });

    private static async Task WhatOneStoresTheOthersRead(ProcessCluster cluster)
    {
        byte[] everyByte = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];
        foreach (var writer in cluster.Nodes)
        {
            string path = KvHttp.PathOf("bytes", $"from {writer.Name}/ä");
            var put = await writer.Http.PutAsync(path, everyByte, "image/x-test", null);
            put.Status.ShouldBe(204, put.ToString());
            put.Quorum.ShouldNotBeNull();
            put.Quorum.ShouldContain("w=2");
            foreach (var reader in cluster.Nodes)
            {
                var got = await reader.Http.GetAsync(path);
                got.Status.ShouldBe(200, got.ToString());
                got.Body.ShouldBe(everyByte);
                got.ContentType.ShouldBe("image/x-test");
            }
        }
    }

    private static async Task AllAgreeOnMembersRingAndPlacement(ProcessCluster cluster)
    {
        string placement = KvHttp.PathOf("bytes", "anything") + "/placement";
        var rings = new HashSet<string>();
        var places = new HashSet<string>();
        foreach (var node in cluster.Nodes)
        {
            (await ProcessCluster.ReachableAsync(node)).ShouldBe(["node-1", "node-2", "node-3"]);
            rings.Add((await node.Http.GetAsync("/cluster/ring")).Json.GetProperty("owners").GetRawText());
            var place = (await node.Http.GetAsync(placement)).Json;
            places.Add(place.GetProperty("hash").GetString() + string.Concat(place.GetProperty("owners").EnumerateArray().Select(owner => owner.GetProperty("name").GetString())));
        }

        rings.Count.ShouldBe(1, "every node computes the same ring");
        places.Count.ShouldBe(1, "every node places a key on the same owners");
    }

    private static async Task ConflictsAreKeptAndResolved(ProcessCluster cluster)
    {
        string path = KvHttp.PathOf("conflicts", "cart");
        (await cluster.Nodes[0].Http.PutAsync(path, "milk")).Status.ShouldBe(204);
        (await cluster.Nodes[1].Http.PutAsync(path, "bread")).Status.ShouldBe(204);
        var conflict = await cluster.Nodes[2].Http.GetAsync(path);
        conflict.Status.ShouldBe(300, conflict.ToString());
        conflict.Texts.ShouldBe(["bread", "milk"]);
        (await cluster.Nodes[2].Http.GetAsync(path, "multipart/mixed")).Text.ShouldContain("milk");
        (await cluster.Nodes[1].Http.PutAsync(path, "bread and milk", conflict.Context)).Status.ShouldBe(204);
        foreach (var node in cluster.Nodes)
            (await node.Http.GetAsync(path)).Texts.ShouldBe(["bread and milk"]);
    }

    private static async Task ADeletedKeyStaysDeletedEverywhere(ProcessCluster cluster)
    {
        string path = KvHttp.PathOf("conflicts", "cart");
        var seen = await cluster.Nodes[2].Http.GetAsync(path);
        (await cluster.Nodes[0].Http.DeleteAsync(path, seen.Context)).Status.ShouldBe(204);
        foreach (var node in cluster.Nodes)
        {
            var gone = await node.Http.GetAsync(path);
            gone.Status.ShouldBe(404, gone.ToString());
            gone.Context.ShouldNotBeNull("the next write needs what the delete covered");
        }
    }

    private static async Task BadInputIsRefusedAndNamed(ProcessCluster cluster)
    {
        var http = cluster.Nodes[0].Http;
        string path = KvHttp.PathOf("bad", "key");
        await Refused(http.PutAsync("/kv/bad/", "x"), 400, "invalid-key");
        await Refused(http.PutAsync(KvHttp.PathOf("bad", new string('k', 1025)), "x"), 400, "invalid-key");
        await Refused(http.PutAsync(KvHttp.PathOf(".bad", "key"), "x"), 400, "invalid-bucket");
        await Refused(http.PutAsync(path, new byte[(1 << 20) + 1], "text/plain", null), 413, "value-too-large");
        await Refused(http.PutAsync(path + "?n=4", "x"), 400, "invalid-quorum");
        await Refused(http.PutAsync(path + "?n=2&w=3", "x"), 400, "invalid-quorum");
        await Refused(http.GetAsync(path + "?r=0"), 400, "invalid-quorum");
        await Refused(http.PutAsync(path, "x", "AQIDBAUGBwgJCgsMDQ4PEA"), 400, "invalid-context");
        string other = (await http.PutAsync(KvHttp.PathOf("bad", "other"), "x")).Context.ShouldNotBeNull();
        await Refused(http.PutAsync(path, "x", other), 400, "invalid-context");
        (await http.PutAsync(path, "x", new string('A', 50_000))).Status.ShouldBe(431);
        (await http.GetAsync(path)).Status.ShouldBe(404, "nothing that was refused may appear");
    }

    private static async Task Refused(Task<KvAnswer> request, int status, string problem)
    {
        var answer = await request;
        answer.Status.ShouldBe(status, answer.ToString());
        answer.Problem.ShouldBe(problem);
        answer.Outcome.ShouldBe("not-attempted");
        answer.Detail.ShouldNotBeEmpty();
    }
}
