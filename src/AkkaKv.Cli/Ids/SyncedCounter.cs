using System.Buffers.Binary;
using AkkaKv.Core.Ids;
using Microsoft.Win32.SafeHandles;

namespace AkkaKv.Cli.Ids;

/// <summary>
/// A counter as a ticket server keeps it, without the network: numbers in blocks, each block durable before its first number.
/// </summary>
internal sealed class SyncedCounter : IDisposable
{
    private readonly StepCounter _counter;
    private readonly int _block;
    private readonly SafeFileHandle _file;

    public SyncedCounter(string path, long step, int block)
    {
        _counter = new StepCounter(step, 0, 1);
        _block = block;
        _file = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None, FileOptions.WriteThrough | FileOptions.DeleteOnClose);
    }

    public long Next()
    {
        if (_counter.Reserved == 0)
            Reserve();
        _counter.TryTake(1, out IdRange range);
        return range.First;
    }

    public void Dispose() => _file.Dispose();

    private void Reserve()
    {
        long bound = _counter.BoundFor(_block) ?? throw new InvalidOperationException("A measurement ends before the numbers do.");
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, bound);
        RandomAccess.Write(_file, bytes, 0);
        _counter.Raise(bound);
    }
}
