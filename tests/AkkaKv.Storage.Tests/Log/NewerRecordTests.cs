using System.Buffers.Binary;
using AkkaKv.Storage.Log;
using AkkaKv.Storage.Tests.Faults;

namespace AkkaKv.Storage.Tests.Log;

public class NewerRecordTests
{
    private const string Segment = "segment-0000000001.log";

    [Fact]
    public void A_valid_record_of_an_unknown_type_is_a_newer_format_and_not_a_torn_tail()
    {
        var disk = new FakeDisk();
        var driver = new StoreDriver(disk);
        driver.Write("a", [1]);
        driver.Store.Abandon();
        byte[] log = disk.Content(Segment);
        uint end = (uint)(driver.Store.Status.LogBytes);
        log.AsSpan((int)end).IndexOfAnyExcept((byte)0).ShouldBe(-1);
        ulong storeId = BinaryPrimitives.ReadUInt64LittleEndian(log.AsSpan(16));
        var at = new LogPosition(1, end);
        RecordFormat.Write(log.AsSpan((int)end), RecordFormat.StoreSeed(storeId), at, at, (RecordType)20, [1], [2]);
        string message = Should.Throw<StoreOpenException>(() => new StoreDriver(disk)).Message;
        message.ShouldContain("type 20");
        message.ShouldContain("newer format");
    }
}
