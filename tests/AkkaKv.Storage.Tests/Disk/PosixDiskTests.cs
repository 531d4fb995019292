using AkkaKv.Core.Replica;
using AkkaKv.Storage.Disk;
using Microsoft.Win32.SafeHandles;

namespace AkkaKv.Storage.Tests.Disk;

public sealed class PosixDiskTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_sync_that_the_system_refuses_is_an_error_with_its_reason()
    {
        using var nobodys = new SafeFileHandle(999_999, ownsHandle: false);
        IOException bad = Should.Throw<IOException>(() => Libc.SyncData(nobodys, "/some/file"));
        bad.Message.ShouldContain("fdatasync of /some/file");
        bad.Message.ShouldContain("errno 9");

        // A device that cannot be synced at all, through the same class that the store uses.
        using var file = new PosixFile("/dev/full", File.OpenHandle("/dev/full", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite));
        Should.Throw<IOException>(file.Sync).Message.ShouldContain("errno 22");
        Should.Throw<IOException>(() => file.WriteAt(0, new byte[10])).Message.ShouldContain("No space left");
        Should.Throw<IOException>(() => Libc.SyncDirectory("/no/such/directory")).Message.ShouldContain("errno 2");
    }

    [Fact]
    public void A_write_or_read_that_the_system_denies_is_a_failure_of_the_disk()
    {
        // The framework reports EACCES, EPERM and EBADF outside of IOException: past the committer's guard, on the
        // writer's thread, where it ended the process.
        string path = Path.Combine(_directory.Path, "file");
        File.WriteAllText(path, "content");
        using var readOnly = new PosixFile(path, File.OpenHandle(path, FileMode.Open, FileAccess.Read));
        Should.Throw<IOException>(() => readOnly.WriteAt(0, new byte[10]));
        using var writeOnly = new PosixFile(path, File.OpenHandle(path, FileMode.Open, FileAccess.Write));
        Should.Throw<IOException>(() => writeOnly.ReadAt(0, new byte[10]));
    }

    [Fact]
    public void Files_do_what_the_store_asks_of_a_disk()
    {
        var disk = new PosixDisk(Path.Combine(_directory.Path, "made", "with-parents"));
        using (IStoreFile file = disk.Create("b.new"))
        {
            file.WriteAt(10, [1, 2, 3]);
            file.Length.ShouldBe(13);
            var buffer = new byte[20];
            file.ReadAt(9, buffer).ShouldBe(4);
            buffer.AsSpan(0, 4).ToArray().ShouldBe([0, 1, 2, 3]);
            file.Sync();
        }

        Should.Throw<IOException>(() => disk.Create("b.new"));
        disk.Rename("b.new", "b");
        disk.Create("a").Dispose();
        disk.SyncDirectory();
        disk.List().ShouldBe(["a", "b"]);
        disk.Delete("a");
        disk.List().ShouldBe(["b"]);
        Should.Throw<IOException>(() => disk.Open("a"));
    }

    [Fact]
    public void A_directory_in_use_is_refused_and_names_the_process()
    {
        using (var store = LogStore.Open(_directory.Path, RealStore.Options(), 1, _ => 0))
        {
            var error = Should.Throw<StoreOpenException>(() => LogStore.Open(_directory.Path, RealStore.Options(), 1, _ => 0));
            error.Message.ShouldContain(_directory.Path);
            error.Message.ShouldContain("process " + Environment.ProcessId);
        }

        LogStore.Open(_directory.Path, RealStore.Options(), 1, _ => 0).Dispose();
    }

    [Fact]
    public void A_lock_that_could_not_be_written_is_let_go()
    {
        // Takes no bytes, as a full disk.
        File.CreateSymbolicLink(Path.Combine(_directory.Path, "lock"), "/dev/full");
        Should.Throw<Exception>(() => new PosixDisk(_directory.Path).Lock());
        using SafeFileHandle again = Libc.OpenOrCreate("/dev/full");
        Libc.TryLock(again).ShouldBeTrue();
    }

    [Fact]
    public void A_directory_that_cannot_be_made_is_a_clear_error()
    {
        string file = Path.Combine(_directory.Path, "file");
        File.WriteAllText(file, "not a directory");
        Should.Throw<StoreOpenException>(() => LogStore.Open(file, RealStore.Options(), 1, _ => 0)).Message.ShouldContain(file);
    }

    [Fact]
    public void All_that_was_acknowledged_is_in_the_files_at_the_moment_of_a_kill()
    {
        const int turns = 200;
        string killed;
        ulong actor;
        using (var store = LogStore.Open(_directory.Path, RealStore.Options(), 1, _ => 0))
        {
            var host = new RealStore(store, 1);
            for (int turn = 0; turn < turns; turn++)
            {
                for (int i = 0; i < 5; i++)
                    host.Submit(0, $"key-{turn}-{i}", [(byte)turn, (byte)i]);
                host.EndTurn(0);
                host.CompleteNext();
            }

            host.Outcomes.Count.ShouldBe(turns * 5);
            host.Outcomes.ShouldAllBe(outcome => outcome == StoreOutcome.Done);
            actor = store.Identity.ActorId;
            killed = _directory.CopyOf(_directory.Path);
        }

        foreach (string path in new[] { killed, _directory.Path })
        {
            using var reopened = LogStore.Open(path, RealStore.Options(), 3, hash => (int)(hash % 3));
            reopened.Identity.ActorId.ShouldBe(actor);
            var host = new RealStore(reopened, 3, hash => (int)(hash % 3));
            for (int turn = 0; turn < turns; turn++)
            {
                for (int i = 0; i < 5; i++)
                    host.Read($"key-{turn}-{i}").ShouldBe([(byte)turn, (byte)i]);
            }
        }
    }
}
