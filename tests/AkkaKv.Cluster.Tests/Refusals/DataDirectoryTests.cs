using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using AkkaKv.Cluster.Tests.Http;
using AkkaKv.Cluster.Tests.Processes;
using Xunit.Abstractions;

namespace AkkaKv.Cluster.Tests.Refusals;

/// <summary>A directory that is somebody else's, newer or damaged stops the node before it serves anything from it.</summary>
public sealed class DataDirectoryTests(ITestOutputHelper output)
{
    private const int DataDirectoryUnusable = 4;
    private const int VersionOffset = 8;
    private const int Keys = 20;

    [Fact]
    public Task Of_another_node() => RefusedAsync(_ => { }, "node-7", [], "must be the data directory of node 'node-7'", "it is that of node 'node-1'");

    [Fact]
    public Task Of_another_cluster() =>
        RefusedAsync(_ => { }, "node-1", ["--Cluster:Name=other"], "in cluster 'other'", "in cluster 'akkakv'", "Give this node its own directory");

    [Fact]
    public Task Of_a_newer_format() => RefusedAsync(
        data => Change(Path.Combine(data, "manifest"), bytes =>
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(VersionOffset), 9);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(bytes.Length - 4), Crc32C(bytes.AsSpan(0, bytes.Length - 4)));
        }),
        "node-1",
        [],
        "has format version 9; this program reads versions up to 1",
        "Start the version that wrote it");

    [Fact]
    public Task With_a_flipped_byte_in_the_manifest() => RefusedAsync(
        data => Change(Path.Combine(data, "manifest"), bytes => bytes[20] ^= 0x10),
        "node-1",
        [],
        "manifest is damaged at offset 0",
        "Restore the node's data directory from a backup, or move it away");

    [Fact]
    public Task With_a_flipped_byte_in_the_middle_of_the_log() => RefusedAsync(
        data => Change(Path.Combine(data, "segment-0000000001.log"), bytes => bytes[bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(ValueOf(Keys / 2)))] ^= 1),
        "node-1",
        [],
        "segment-0000000001.log is damaged at offset",
        "Nothing was changed",
        "Restore the node's data directory from a backup, or move it away");

    [Fact]
    public Task Without_its_manifest() => RefusedAsync(
        data => File.Delete(Path.Combine(data, "manifest")), "node-1", [], "manifest is damaged", "holds segment-0000000001.log but no manifest");

    [Fact]
    public Task A_torn_tail_is_cut_and_nothing_acknowledged_is_lost() => ProcessCluster.RunAsync(output, StartTests.SingleNode, async cluster =>
    {
        var node = cluster.Nodes[0];
        await PutAllAsync(node);
        await node.KillAsync();
        // Half a record behind the last one, as a power cut in mid-write leaves it.
        Change(Path.Combine(node.DataDirectory, "segment-0000000001.log"), bytes =>
        {
            int last = bytes.AsSpan().LastIndexOfAnyExcept((byte)0);
            bytes.AsSpan(((last + 8) & -8) + 4, 40).Fill(0x5A);
        });
        await node.RestartAsync();
        for (int number = 0; number < Keys; number++)
            (await node.Http.GetAsync(KvHttp.PathOf("b", $"key {number}"))).Texts.ShouldBe([ValueOf(number)]);
        (await node.Http.GetAsync("/ready")).Json.GetProperty("store").TryGetProperty("cutBytes", out _).ShouldBeTrue("the node tells what it cut");
    });

    private Task RefusedAsync(Action<string> damage, string name, string[] flags, params string[] said) => ProcessCluster.RunAsync(output, StartTests.SingleNode, async cluster =>
    {
        await PutAllAsync(cluster.Nodes[0]);
        await cluster.Nodes[0].KillAsync();
        using var place = new StartPlace { Data = cluster.Nodes[0].DataDirectory };
        damage(place.Data);
        string before = FilesOf(place.Data);
        var (exitCode, text) = await place.StartAsync(name, flags);
        output.WriteLine(text);
        exitCode.ShouldBe(DataDirectoryUnusable, text);
        text.ShouldContain(place.Data);
        foreach (string sentence in said)
            text.ShouldContain(sentence);
        text.ShouldNotContain("   at ", Case.Sensitive, "a person gets words, not a stack");
        FilesOf(place.Data).ShouldBe(before, "a refused directory is left as it is");
    });

    private static async Task PutAllAsync(NodeProcess node)
    {
        for (int number = 0; number < Keys; number++)
            (await node.Http.PutAsync(KvHttp.PathOf("b", $"key {number}"), ValueOf(number))).Status.ShouldBe(204);
    }

    private static string ValueOf(int number) => $"value of the key with number {number:000}";

    private static void Change(string path, Action<byte[]> change)
    {
        byte[] bytes = File.ReadAllBytes(path);
        change(bytes);
        File.WriteAllBytes(path, bytes);
    }

    private static string FilesOf(string directory) => string.Join('\n', Directory.GetFiles(directory).Order(StringComparer.Ordinal)
        .Where(path => Path.GetFileName(path) != "lock")
        .Select(path => $"{path} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path)))}"));

    /// <summary>As docs/storage-format.md says, written a second time: the test must not trust the product's own.</summary>
    private static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        uint state = uint.MaxValue;
        foreach (byte each in bytes)
            state = BitOperations.Crc32C(state, each);
        return ~state;
    }
}
