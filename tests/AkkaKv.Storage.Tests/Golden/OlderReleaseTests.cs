using System.IO.Compression;
using System.Text;
using AkkaKv.Storage.Tests.Disk;

namespace AkkaKv.Storage.Tests.Golden;

/// <summary>
/// A directory as the release of protocol version 1 left it: three keys of the bucket "bucket" written through a node of
/// one member, the third deleted, then stopped. The log is packed, for most of it is not written yet.
/// </summary>
public class OlderReleaseTests
{
    [Fact]
    public void The_directory_of_the_release_before_opens_with_all_that_it_held()
    {
        using var directory = new TemporaryDirectory();
        Unpack(directory.Path);

        using (LogStore store = Open(directory.Path))
        {
            store.Identity.Node.ShouldBe("node-1");
            store.Identity.ActorId.ShouldBe(0xad027f6c51ee23e5UL);
            store.Status.Keys.ShouldBe(3);
            store.Status.CutBytes.ShouldBe(0);
            store.TryReadFact("topology", out _).ShouldBeFalse();
            var loops = new RealStore(store, loops: 1);
            Encoding.ASCII.GetString(loops.Read("key-1")!).ShouldContain("value-1");
            Encoding.ASCII.GetString(loops.Read("key-2")!).ShouldContain("value-2");
            Encoding.ASCII.GetString(loops.Read("key-3")!).ShouldNotContain("value-3");
            loops.Submit(0, "key-4", [4]);
            loops.EndTurn(0);
            loops.CompleteNext();
        }

        using LogStore again = Open(directory.Path);
        again.Status.Keys.ShouldBe(4);
        new RealStore(again, loops: 1).Read("key-4").ShouldBe([4]);
    }

    private static LogStore Open(string directory) => LogStore.Open(directory, RealStore.Options() with { SegmentBytes = 2 << 20 }, 1, _ => 0);

    private static void Unpack(string directory)
    {
        string golden = Path.Combine(AppContext.BaseDirectory, "Golden", "release-1");
        File.Copy(Path.Combine(golden, "manifest.bin"), Path.Combine(directory, "manifest"));
        using FileStream packed = File.OpenRead(Path.Combine(golden, "segment-0000000001.log.gz"));
        using var unpacking = new GZipStream(packed, CompressionMode.Decompress);
        using FileStream log = File.Create(Path.Combine(directory, "segment-0000000001.log"));
        unpacking.CopyTo(log);
    }
}
