using System.Diagnostics;
using System.Globalization;
using AkkaKv.AkkaNet.Benchmarks;

// Three nodes in this process, 10,000 keys, 64 requests in flight, values of 32 bytes, majorities of three:
//   dotnet run -c Release -p:WithAkka=true --project bench/AkkaKv.AkkaNet.Benchmarks -- [--keys K] [--rounds N] [--log DIR] [--only native|direct|sharded|ddata]
// Without --log the stores are in memory, as Akka.DistributedData's are.
int keys = Option("--keys", 10_000);
int rounds = Option("--rounds", 3);
const int InFlight = 64;
string? directory = args.SkipWhile(argument => argument != "--log").Skip(1).FirstOrDefault();

Console.WriteLine($"{keys:N0} keys, {InFlight} in flight, 32-byte values, {(directory is null ? "in memory" : "log, always synced")}, best and median of {rounds} rounds");
string? only = args.SkipWhile(argument => argument != "--only").Skip(1).FirstOrDefault();
(string Name, Func<IContender> Make)[] contenders =
[
    ("native", () => new NativeContender(directory)),
    ("direct", () => new AkkaContender(directory, isSharded: false)),
    ("sharded", () => new AkkaContender(directory, isSharded: true)),
    ("ddata", () => new DistributedDataContender()),
];
foreach ((string name, Func<IContender> make) in contenders)
{
    if (only is not null && name != only)
        continue;
    await using IContender contender = make();
    await contender.StartAsync();
    var value = new byte[32];
    await RunAsync(Math.Min(keys, 2_000), key => contender.WriteAsync(key % 3, key, value));
    var writes = new List<double>();
    var reads = new List<double>();
    for (int round = 0; round < rounds; round++)
    {
        writes.Add(await RunAsync(keys, key => contender.WriteAsync(key % 3, key, value)));
        reads.Add(await RunAsync(keys, key => contender.ReadAsync((key + 1) % 3, key)));
    }

    Console.WriteLine($"{contender.Name,-30} writes/s {Figures(writes)}   reads/s {Figures(reads)}");
}

// Steal and other load are not this program's: it says what the machine was doing.
Console.WriteLine($"load average {(File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Trim() : "unknown")}");
return;

static string Figures(List<double> rates)
{
    rates.Sort();
    return string.Create(CultureInfo.InvariantCulture, $"{rates[^1],9:N0} best {rates[rates.Count / 2],9:N0} median");
}

static async Task<double> RunAsync(int count, Func<int, Task> operation)
{
    int next = -1;
    long begun = Stopwatch.GetTimestamp();
    await Task.WhenAll(Enumerable.Range(0, InFlight).Select(_ => Task.Run(async () =>
    {
        while (Interlocked.Increment(ref next) is var key && key < count)
            await operation(key);
    })));
    return count / Stopwatch.GetElapsedTime(begun).TotalSeconds;
}

int Option(string name, int otherwise) =>
    int.TryParse(args.SkipWhile(argument => argument != name).Skip(1).FirstOrDefault(), CultureInfo.InvariantCulture, out int value) ? value : otherwise;
