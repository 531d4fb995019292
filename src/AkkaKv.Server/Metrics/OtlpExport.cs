using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace AkkaKv.Server.Metrics;

/// <summary>Where metrics are sent, and how often.</summary>
/// <param name="Collector">The collector's URL; "/v1/metrics" is added unless it stands there.</param>
/// <param name="Interval">Between two exports.</param>
/// <param name="Node">The name that the exports carry as <c>service.instance.id</c>.</param>
internal sealed record OtlpTarget(Uri Collector, TimeSpan Interval, string Node);

/// <summary>
/// Sends the meter to an OpenTelemetry collector, as http/protobuf. A collector that is away costs nothing but the
/// exports meant for it: values are cumulative, so the next one brings all.
/// </summary>
internal sealed class OtlpExport : IAsyncDisposable
{
    private const int TimeoutMillis = 5_000;

    private readonly CancellationTokenSource _stop = new();
    private readonly NodeMetrics _metrics;
    private readonly BaseExportingMetricReader _reader;
    private readonly MeterProvider _provider;
    private readonly Task _running;

    private OtlpExport(NodeMetrics metrics, OtlpTarget target, TimeProvider clock)
    {
        _metrics = metrics;
        _reader = new BaseExportingMetricReader(new OtlpMetricExporter(OptionsOf(target.Collector)));
        _provider = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(resource => resource.AddService("akkakv", serviceInstanceId: target.Node))
            .AddMeter(NodeMetrics.MeterName)
            .AddReader(_reader)
            .Build();
        _running = RunAsync(target.Interval, clock);
    }

    /// <summary>Starts: the first export goes out at once.</summary>
    public static OtlpExport Start(NodeMetrics metrics, OtlpTarget target, TimeProvider clock) => new(metrics, target, clock);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _provider.Shutdown(TimeoutMillis);
        _provider.Dispose();
        _stop.Dispose();
    }

    /// <summary>Headers and the rest are OpenTelemetry's own variables, such as <c>OTEL_EXPORTER_OTLP_HEADERS</c>.</summary>
    private static OtlpExporterOptions OptionsOf(Uri collector)
    {
        const string Signal = "/v1/metrics";
        string url = collector.ToString().TrimEnd('/');
        return new OtlpExporterOptions
        {
            Protocol = OtlpExportProtocol.HttpProtobuf,
            Endpoint = new Uri(url.EndsWith(Signal, StringComparison.Ordinal) ? url : url + Signal),
            TimeoutMilliseconds = TimeoutMillis,
        };
    }

    private async Task RunAsync(TimeSpan interval, TimeProvider clock)
    {
        using var ticks = new PeriodicTimer(interval, clock);
        try
        {
            do
            {
                await _metrics.RefreshAsync(_stop.Token);
                // The exporter blocks the thread that collects.
                await Task.Run(() => _reader.Collect(TimeoutMillis), _stop.Token);
            }
            while (await ticks.WaitForNextTickAsync(_stop.Token));
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Asked to stop.
        }
    }
}
